export declare const pypiPackages: readonly string[];
export declare const pypiFolder: string;
