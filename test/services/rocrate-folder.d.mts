export declare const rocValidatorVersion: string;
export declare const rocrateVersion: string;
export declare const rocrateFolder: string;
