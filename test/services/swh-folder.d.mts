export declare const swhClientVersion: string;
export declare const swhFolder: string;
