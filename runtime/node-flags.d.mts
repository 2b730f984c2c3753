export const NODE_FLAGS: readonly string[];
export const PRODUCTION: readonly string[];
