/** Links come from other systems: only http and https lead anywhere. */
export const httpOnly = (url: string) => (/^https?:\/\//i.test(url) ? url : undefined);
