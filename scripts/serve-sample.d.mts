export declare const samplePort: number;
export interface ServeFile {
  readonly environment?: { readonly [name: string]: string };
  /** An archive is asked for the commits too. */
  readonly archived?: boolean;
}
export declare function readServe(folder: string, port?: number): ServeFile;
export declare function serveSample(folder: string, port?: number): Promise<{ close(): Promise<unknown> }>;
