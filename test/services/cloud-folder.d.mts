export declare const cloudServers: { readonly [name: string]: string };
export declare const cloudClients: readonly string[];
export declare const cloudFolder: string;
