export const bagitVersion: string;
export const bagitFolder: string;
