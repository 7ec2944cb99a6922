export declare const samplePort: number;
export interface ServeFile {
  readonly environment?: { readonly [name: string]: string };
}
export declare function readServe(folder: string, port?: number): ServeFile;
export declare function serveSample(folder: string, port?: number): Promise<{ close(): Promise<unknown> }>;
