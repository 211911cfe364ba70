/**
 * One entry for the long runs.
 *
 *     npm run long -- --help              what there is
 *     npm run long -- soak --help         the options of one of them
 *     npm run long -- soak --share 0.01   sets up what it needs, and runs it
 */
import { RUNS } from "./commands.mjs";
import { dispatch } from "./dispatch.mjs";

dispatch("long", "run", RUNS);
