export declare const researchPackages: readonly string[];
export declare const researchFolder: string;
