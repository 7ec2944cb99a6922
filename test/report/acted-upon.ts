/** What a terminal acts upon or hides; a newline is ours. */
export const ACTED_UPON = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
