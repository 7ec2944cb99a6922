export const warcioVersion: string;
export const cdxjIndexerVersion: string;
export const warcioFolder: string;
