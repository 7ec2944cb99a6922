export declare const verdaccioVersion: string;
export declare const verdaccioFolder: string;
