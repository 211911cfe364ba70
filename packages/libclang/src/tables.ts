/**
 * The other enumerations of clang-c/Index.h by their names in Python's cindex. Data only; `kinds.ts` makes objects of
 * them.
 */

/** What a type is: `enum CXTypeKind`. */
export const typeKinds = {
  INVALID: 0,
  UNEXPOSED: 1,
  VOID: 2,
  BOOL: 3,
  CHAR_U: 4,
  UCHAR: 5,
  CHAR16: 6,
  CHAR32: 7,
  USHORT: 8,
  UINT: 9,
  ULONG: 10,
  ULONGLONG: 11,
  UINT128: 12,
  CHAR_S: 13,
  SCHAR: 14,
  WCHAR: 15,
  SHORT: 16,
  INT: 17,
  LONG: 18,
  LONGLONG: 19,
  INT128: 20,
  FLOAT: 21,
  DOUBLE: 22,
  LONGDOUBLE: 23,
  NULLPTR: 24,
  OVERLOAD: 25,
  DEPENDENT: 26,
  OBJCID: 27,
  OBJCCLASS: 28,
  OBJCSEL: 29,
  FLOAT128: 30,
  HALF: 31,
  // Python's cindex has no names for these eight; they have C's.
  FLOAT16: 32,
  SHORTACCUM: 33,
  ACCUM: 34,
  LONGACCUM: 35,
  USHORTACCUM: 36,
  UACCUM: 37,
  ULONGACCUM: 38,
  BFLOAT16: 39,
  IBM128: 40,
  COMPLEX: 100,
  POINTER: 101,
  BLOCKPOINTER: 102,
  LVALUEREFERENCE: 103,
  RVALUEREFERENCE: 104,
  RECORD: 105,
  ENUM: 106,
  TYPEDEF: 107,
  OBJCINTERFACE: 108,
  OBJCOBJECTPOINTER: 109,
  FUNCTIONNOPROTO: 110,
  FUNCTIONPROTO: 111,
  CONSTANTARRAY: 112,
  VECTOR: 113,
  INCOMPLETEARRAY: 114,
  VARIABLEARRAY: 115,
  DEPENDENTSIZEDARRAY: 116,
  MEMBERPOINTER: 117,
  AUTO: 118,
  ELABORATED: 119,
  PIPE: 120,
  OCLIMAGE1DRO: 121,
  OCLIMAGE1DARRAYRO: 122,
  OCLIMAGE1DBUFFERRO: 123,
  OCLIMAGE2DRO: 124,
  OCLIMAGE2DARRAYRO: 125,
  OCLIMAGE2DDEPTHRO: 126,
  OCLIMAGE2DARRAYDEPTHRO: 127,
  OCLIMAGE2DMSAARO: 128,
  OCLIMAGE2DARRAYMSAARO: 129,
  OCLIMAGE2DMSAADEPTHRO: 130,
  OCLIMAGE2DARRAYMSAADEPTHRO: 131,
  OCLIMAGE3DRO: 132,
  OCLIMAGE1DWO: 133,
  OCLIMAGE1DARRAYWO: 134,
  OCLIMAGE1DBUFFERWO: 135,
  OCLIMAGE2DWO: 136,
  OCLIMAGE2DARRAYWO: 137,
  OCLIMAGE2DDEPTHWO: 138,
  OCLIMAGE2DARRAYDEPTHWO: 139,
  OCLIMAGE2DMSAAWO: 140,
  OCLIMAGE2DARRAYMSAAWO: 141,
  OCLIMAGE2DMSAADEPTHWO: 142,
  OCLIMAGE2DARRAYMSAADEPTHWO: 143,
  OCLIMAGE3DWO: 144,
  OCLIMAGE1DRW: 145,
  OCLIMAGE1DARRAYRW: 146,
  OCLIMAGE1DBUFFERRW: 147,
  OCLIMAGE2DRW: 148,
  OCLIMAGE2DARRAYRW: 149,
  OCLIMAGE2DDEPTHRW: 150,
  OCLIMAGE2DARRAYDEPTHRW: 151,
  OCLIMAGE2DMSAARW: 152,
  OCLIMAGE2DARRAYMSAARW: 153,
  OCLIMAGE2DMSAADEPTHRW: 154,
  OCLIMAGE2DARRAYMSAADEPTHRW: 155,
  OCLIMAGE3DRW: 156,
  OCLSAMPLER: 157,
  OCLEVENT: 158,
  OCLQUEUE: 159,
  OCLRESERVEID: 160,
  EXTVECTOR: 176,
  ATOMIC: 177,
} as const;

/** `CXTokenKind`. */
export const tokenKinds = {
  PUNCTUATION: 0,
  KEYWORD: 1,
  IDENTIFIER: 2,
  LITERAL: 3,
  COMMENT: 4,
} as const;

/** `enum CXLinkageKind`. */
export const linkageKinds = {
  INVALID: 0,
  NO_LINKAGE: 1,
  INTERNAL: 2,
  UNIQUE_EXTERNAL: 3,
  EXTERNAL: 4,
} as const;

/** `enum CX_StorageClass`. */
export const storageClasses = {
  INVALID: 0,
  NONE: 1,
  EXTERN: 2,
  STATIC: 3,
  PRIVATEEXTERN: 4,
  OPENCLWORKGROUPLOCAL: 5,
  AUTO: 6,
  REGISTER: 7,
} as const;

/** `enum CX_CXXAccessSpecifier`. */
export const accessSpecifiers = {
  INVALID: 0,
  PUBLIC: 1,
  PROTECTED: 2,
  PRIVATE: 3,
  NONE: 4,
} as const;

/** `enum CXAvailabilityKind`. */
export const availabilityKinds = {
  AVAILABLE: 0,
  DEPRECATED: 1,
  NOT_AVAILABLE: 2,
  NOT_ACCESSIBLE: 3,
} as const;

/** `enum CXTLSKind`. */
export const tlsKinds = {
  NONE: 0,
  DYNAMIC: 1,
  STATIC: 2,
} as const;

/** `enum CXRefQualifierKind`. */
export const refQualifierKinds = {
  NONE: 0,
  LVALUE: 1,
  RVALUE: 2,
} as const;

/** `enum CXTemplateArgumentKind`. */
export const templateArgumentKinds = {
  NULL: 0,
  TYPE: 1,
  DECLARATION: 2,
  NULLPTR: 3,
  INTEGRAL: 4,
} as const;

/** `enum CXCursor_ExceptionSpecificationKind`. */
export const exceptionSpecificationKinds = {
  NONE: 0,
  DYNAMIC_NONE: 1,
  DYNAMIC: 2,
  MS_ANY: 3,
  BASIC_NOEXCEPT: 4,
  COMPUTED_NOEXCEPT: 5,
  UNEVALUATED: 6,
  UNINSTANTIATED: 7,
  UNPARSED: 8,
} as const;

/** `enum CXCompletionChunkKind`, by the names of its clients. */
export const chunkKinds = {
  Optional: 0,
  TypedText: 1,
  Text: 2,
  Placeholder: 3,
  Informative: 4,
  CurrentParameter: 5,
  LeftParen: 6,
  RightParen: 7,
  LeftBracket: 8,
  RightBracket: 9,
  LeftBrace: 10,
  RightBrace: 11,
  LeftAngle: 12,
  RightAngle: 13,
  Comma: 14,
  ResultType: 15,
  Colon: 16,
  SemiColon: 17,
  Equal: 18,
  HorizontalSpace: 19,
  VerticalSpace: 20,
} as const;
