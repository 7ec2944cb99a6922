/** Any value that JSON can carry: what crosses a thread, a process or a disk. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
