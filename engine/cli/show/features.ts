/** Features that rules can require with `requires: feature …`. */
export const FEATURES: readonly string[] = [];
