import tell from './tell.js';

/** Writes lines, without setting verdicts. */
export default { ...tell, judges: false };
