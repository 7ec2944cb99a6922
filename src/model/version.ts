/** The version of this package, as reports and the user agent give it; a test compares it with package.json. */
export const VERSION = "0.1.0";
