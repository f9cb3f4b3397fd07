/** Features that rules can ask for with `requires: feature …`. */
export const FEATURES: readonly string[] = [];
