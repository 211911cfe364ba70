/**
 * The values of constant expressions, worked out by libclang.
 */
import { lib } from "./config.ts";
import type { CXCursor } from "./structures.ts";

/** The value of the expression or of a variable's initialiser; null where it is not constant. */
export function evaluated(cursor: CXCursor): number | bigint | string | null {
  const {
    clang_Cursor_Evaluate,
    clang_EvalResult_getKind,
    clang_EvalResult_isUnsignedInt,
    clang_EvalResult_getAsUnsigned,
    clang_EvalResult_getAsLongLong,
    clang_EvalResult_getAsDouble,
    clang_EvalResult_getAsStr,
    clang_EvalResult_dispose,
  } = lib();
  const result = clang_Cursor_Evaluate(cursor);
  if (result === null) return null;
  try {
    switch (clang_EvalResult_getKind(result)) {
      case 1: {
        const isUnsigned = clang_EvalResult_isUnsignedInt(result) !== 0;
        return isUnsigned ? clang_EvalResult_getAsUnsigned(result) : clang_EvalResult_getAsLongLong(result);
      }
      case 2:
        return clang_EvalResult_getAsDouble(result);
      case 4:
        return clang_EvalResult_getAsStr(result);
      default:
        return null;
    }
  } finally {
    clang_EvalResult_dispose(result);
  }
}
