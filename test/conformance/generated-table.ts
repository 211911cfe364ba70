/**
 * The structures and unions of `generated_structs.test.ts`, one a line:
 *
 *     name | kind | attributes | size | alignment | members, each name:type[:width]@offset[.bit offset] | buffer format
 *
 * A line may use types of lines above it. Attributes: ms is Microsoft's layout, packN is `#pragma pack(N)`; - is none.
 */

/** The members of which the own members are reached without naming them. */
export const anonymous: Readonly<Record<string, readonly string[]>> = { Nested: ["anon"], AnonBitfields: ["_"] };

/** A structure that the table uses and does not list. */
export const unlisted = "X | struct | - | 1 | 1 | a:signed char:4@0.0; b:unsigned char:4@0.4 | T{<b:a:<B:b:}";

export const listed = `
SingleInt | struct | - | 4 | 4 | a:int@0 | T{<i:a:}
SingleInt_Union | union | - | 4 | 4 | a:int@0 | B
SingleU32 | struct | - | 4 | 4 | a:uint32_t@0 | T{<I:a:}
SimpleStruct | struct | - | 8 | 4 | x:int32_t@0; y:int8_t@4; z:uint16_t@6 | T{<i:x:<b:y:x<H:z:}
SimpleUnion | union | - | 4 | 4 | x:int32_t@0; y:int8_t@0; z:uint16_t@0 | B
ManyTypes | struct | - | 32 | 8 | i8:int8_t@0; u8:uint8_t@1; i16:int16_t@2; u16:uint16_t@4; i32:int32_t@8; u32:uint32_t@12; i64:int64_t@16; u64:uint64_t@24 | T{<b:i8:<B:u8:<h:i16:<H:u16:2x<i:i32:<I:u32:<q:i64:<Q:u64:}
ManyTypesU | union | - | 8 | 8 | i8:int8_t@0; u8:uint8_t@0; i16:int16_t@0; u16:uint16_t@0; i32:int32_t@0; u32:uint32_t@0; i64:int64_t@0; u64:uint64_t@0 | B
Nested | struct | - | 20 | 4 | a:SimpleStruct@0; b:SimpleUnion@8; anon:SimpleStruct@12 | T{T{<i:x:<b:y:x<H:z:}:a:B:b:T{<i:x:<b:y:x<H:z:}:anon:}
Packed1 | struct | pack1,ms | 9 | 1 | a:int8_t@0; b:int64_t@1 | T{<b:a:<q:b:}
Packed2 | struct | pack2,ms | 10 | 2 | a:int8_t@0; b:int64_t@2 | T{<b:a:x<q:b:}
Packed3 | struct | pack4,ms | 12 | 4 | a:int8_t@0; b:int64_t@4 | T{<b:a:3x<q:b:}
Packed4 | struct | pack8,ms | 16 | 8 | a:int8_t@0; b:int64_t@8 | T{<b:a:7x<q:b:}
X86_32EdgeCase | struct | - | 24 | 8 | a:int32_t@0; b:int64_t@8; c:int32_t@16 | T{<i:a:4x<q:b:<i:c:4x}
MSBitFieldExample | struct | - | 4 | 4 | a:unsigned int:4@0.0; b:unsigned int:5@0.4; c:unsigned int:7@0.9 | T{<I:a:<I:b:<I:c:2x}
MSStraddlingExample | struct | - | 12 | 4 | first:unsigned int:9@0.0; second:unsigned int:7@0.9; may_straddle:unsigned int:30@4.0; last:unsigned int:18@8.0 | T{<I:first:<I:second:2x<I:may_straddle:<I:last:x}
IntBits | struct | - | 8 | 4 | A:int:1@0.0; B:int:2@0.1; C:int:3@0.3; D:int:4@0.6; E:int:5@0.10; F:int:6@0.15; G:int:7@0.21; H:int:8@4.0; I:int:9@4.8 | T{<i:A:<i:B:<i:C:<i:D:<i:E:<i:F:<i:G:<i:H:<i:I:x}
Bits | struct | - | 12 | 4 | A:int:1@0.0; B:int:2@0.1; C:int:3@0.3; D:int:4@0.6; E:int:5@0.10; F:int:6@0.15; G:int:7@0.21; H:int:8@4.0; I:int:9@4.8; M:short:1@6.1; N:short:2@6.2; O:short:3@6.4; P:short:4@6.7; Q:short:5@6.11; R:short:6@8.0; S:short:7@8.6 | T{<i:A:<i:B:<i:C:<i:D:<i:E:<i:F:<i:G:<i:H:<i:I:<h:M:<h:N:<h:O:<h:P:<h:Q:<h:R:<h:S:2x}
IntBits_MSVC | struct | ms | 8 | 4 | A:int:1@0.0; B:int:2@0.1; C:int:3@0.3; D:int:4@0.6; E:int:5@0.10; F:int:6@0.15; G:int:7@0.21; H:int:8@4.0; I:int:9@4.8 | T{<i:A:<i:B:<i:C:<i:D:<i:E:<i:F:<i:G:<i:H:<i:I:}
Bits_MSVC | struct | ms | 12 | 4 | A:int:1@0.0; B:int:2@0.1; C:int:3@0.3; D:int:4@0.6; E:int:5@0.10; F:int:6@0.15; G:int:7@0.21; H:int:8@4.0; I:int:9@4.8; M:short:1@8.0; N:short:2@8.1; O:short:3@8.3; P:short:4@8.6; Q:short:5@8.10; R:short:6@10.0; S:short:7@10.6 | T{<i:A:<i:B:<i:C:<i:D:<i:E:<i:F:<i:G:<i:H:<i:I:<h:M:<h:N:<h:O:<h:P:<h:Q:<h:R:<h:S:}
I64Bits | struct | - | 8 | 8 | a:int64_t:1@0.0; b:int64_t:62@0.1; c:int64_t:1@0.63 | T{<q:a:<q:b:<q:c:}
U64Bits | struct | - | 8 | 8 | a:uint64_t:1@0.0; b:uint64_t:62@0.1; c:uint64_t:1@0.63 | T{<Q:a:<Q:b:<Q:c:}
Struct331_8 | struct | - | 1 | 1 | a:int8_t:3@0.0; b:int8_t:3@0.3; c:int8_t:1@0.6 | T{<b:a:<b:b:<b:c:}
Struct1x1_8 | struct | - | 1 | 1 | a:int8_t:1@0.0; b:int8_t:6@0.1; c:int8_t:1@0.7 | T{<b:a:<b:b:<b:c:}
Struct1nx1_8 | struct | - | 3 | 1 | a:int8_t:1@0.0; full:int8_t@1; b:int8_t:6@2.0; c:int8_t:1@2.6 | T{<b:a:<b:full:<b:b:<b:c:}
Struct3xx_8 | struct | - | 3 | 1 | a:int8_t:3@0.0; b:int8_t:6@1.0; c:int8_t:6@2.0 | T{<b:a:<b:b:<b:c:}
Struct331_u8 | struct | - | 1 | 1 | a:uint8_t:3@0.0; b:uint8_t:3@0.3; c:uint8_t:1@0.6 | T{<B:a:<B:b:<B:c:}
Struct1x1_u8 | struct | - | 1 | 1 | a:uint8_t:1@0.0; b:uint8_t:6@0.1; c:uint8_t:1@0.7 | T{<B:a:<B:b:<B:c:}
Struct1nx1_u8 | struct | - | 3 | 1 | a:uint8_t:1@0.0; full:uint8_t@1; b:uint8_t:6@2.0; c:uint8_t:1@2.6 | T{<B:a:<B:full:<B:b:<B:c:}
Struct3xx_u8 | struct | - | 3 | 1 | a:uint8_t:3@0.0; b:uint8_t:6@1.0; c:uint8_t:6@2.0 | T{<B:a:<B:b:<B:c:}
Struct331_16 | struct | - | 2 | 2 | a:int16_t:3@0.0; b:int16_t:3@0.3; c:int16_t:1@0.6 | T{<h:a:<h:b:<h:c:x}
Struct1x1_16 | struct | - | 2 | 2 | a:int16_t:1@0.0; b:int16_t:14@0.1; c:int16_t:1@0.15 | T{<h:a:<h:b:<h:c:}
Struct1nx1_16 | struct | - | 6 | 2 | a:int16_t:1@0.0; full:int16_t@2; b:int16_t:14@4.0; c:int16_t:1@4.14 | T{<h:a:x<h:full:<h:b:<h:c:}
Struct3xx_16 | struct | - | 6 | 2 | a:int16_t:3@0.0; b:int16_t:14@2.0; c:int16_t:14@4.0 | T{<h:a:x<h:b:<h:c:}
Struct331_u16 | struct | - | 2 | 2 | a:uint16_t:3@0.0; b:uint16_t:3@0.3; c:uint16_t:1@0.6 | T{<H:a:<H:b:<H:c:x}
Struct1x1_u16 | struct | - | 2 | 2 | a:uint16_t:1@0.0; b:uint16_t:14@0.1; c:uint16_t:1@0.15 | T{<H:a:<H:b:<H:c:}
Struct1nx1_u16 | struct | - | 6 | 2 | a:uint16_t:1@0.0; full:uint16_t@2; b:uint16_t:14@4.0; c:uint16_t:1@4.14 | T{<H:a:x<H:full:<H:b:<H:c:}
Struct3xx_u16 | struct | - | 6 | 2 | a:uint16_t:3@0.0; b:uint16_t:14@2.0; c:uint16_t:14@4.0 | T{<H:a:x<H:b:<H:c:}
Struct331_32 | struct | - | 4 | 4 | a:int32_t:3@0.0; b:int32_t:3@0.3; c:int32_t:1@0.6 | T{<i:a:<i:b:<i:c:3x}
Struct1x1_32 | struct | - | 4 | 4 | a:int32_t:1@0.0; b:int32_t:30@0.1; c:int32_t:1@0.31 | T{<i:a:<i:b:<i:c:}
Struct1nx1_32 | struct | - | 12 | 4 | a:int32_t:1@0.0; full:int32_t@4; b:int32_t:30@8.0; c:int32_t:1@8.30 | T{<i:a:3x<i:full:<i:b:<i:c:}
Struct3xx_32 | struct | - | 12 | 4 | a:int32_t:3@0.0; b:int32_t:30@4.0; c:int32_t:30@8.0 | T{<i:a:3x<i:b:<i:c:}
Struct331_u32 | struct | - | 4 | 4 | a:uint32_t:3@0.0; b:uint32_t:3@0.3; c:uint32_t:1@0.6 | T{<I:a:<I:b:<I:c:3x}
Struct1x1_u32 | struct | - | 4 | 4 | a:uint32_t:1@0.0; b:uint32_t:30@0.1; c:uint32_t:1@0.31 | T{<I:a:<I:b:<I:c:}
Struct1nx1_u32 | struct | - | 12 | 4 | a:uint32_t:1@0.0; full:uint32_t@4; b:uint32_t:30@8.0; c:uint32_t:1@8.30 | T{<I:a:3x<I:full:<I:b:<I:c:}
Struct3xx_u32 | struct | - | 12 | 4 | a:uint32_t:3@0.0; b:uint32_t:30@4.0; c:uint32_t:30@8.0 | T{<I:a:3x<I:b:<I:c:}
Struct331_64 | struct | - | 8 | 8 | a:int64_t:3@0.0; b:int64_t:3@0.3; c:int64_t:1@0.6 | T{<q:a:<q:b:<q:c:7x}
Struct1x1_64 | struct | - | 8 | 8 | a:int64_t:1@0.0; b:int64_t:62@0.1; c:int64_t:1@0.63 | T{<q:a:<q:b:<q:c:}
Struct1nx1_64 | struct | - | 24 | 8 | a:int64_t:1@0.0; full:int64_t@8; b:int64_t:62@16.0; c:int64_t:1@16.62 | T{<q:a:7x<q:full:<q:b:<q:c:}
Struct3xx_64 | struct | - | 24 | 8 | a:int64_t:3@0.0; b:int64_t:62@8.0; c:int64_t:62@16.0 | T{<q:a:7x<q:b:<q:c:}
Struct331_u64 | struct | - | 8 | 8 | a:uint64_t:3@0.0; b:uint64_t:3@0.3; c:uint64_t:1@0.6 | T{<Q:a:<Q:b:<Q:c:7x}
Struct1x1_u64 | struct | - | 8 | 8 | a:uint64_t:1@0.0; b:uint64_t:62@0.1; c:uint64_t:1@0.63 | T{<Q:a:<Q:b:<Q:c:}
Struct1nx1_u64 | struct | - | 24 | 8 | a:uint64_t:1@0.0; full:uint64_t@8; b:uint64_t:62@16.0; c:uint64_t:1@16.62 | T{<Q:a:7x<Q:full:<Q:b:<Q:c:}
Struct3xx_u64 | struct | - | 24 | 8 | a:uint64_t:3@0.0; b:uint64_t:62@8.0; c:uint64_t:62@16.0 | T{<Q:a:7x<Q:b:<Q:c:}
Mixed1 | struct | - | 4 | 4 | a:signed char:4@0.0; b:int:4@0.4 | T{<b:a:<i:b:3x}
Mixed2 | struct | - | 8 | 4 | a:signed char:4@0.0; b:int32_t:32@4.0 | T{<b:a:3x<i:b:}
Mixed3 | struct | - | 1 | 1 | a:signed char:4@0.0; b:unsigned char:4@0.4 | T{<b:a:<B:b:}
Mixed4 | struct | - | 8 | 4 | a:short:4@0.0; b:short:4@0.4; c:int:24@0.8; d:short:4@4.0; e:short:4@4.4; f:int:24@4.8 | T{<h:a:<h:b:<i:c:<h:d:<h:e:<i:f:}
Mixed5 | struct | - | 4 | 4 | A:unsigned int:1@0.0; B:unsigned short:16@2.0 | T{<I:A:x<H:B:}
Mixed6 | struct | - | 8 | 8 | A:unsigned long long:1@0.0; B:unsigned int:32@4.0 | T{<Q:A:3x<I:B:}
Mixed7 | struct | - | 16 | 8 | A:uint32_t@0; B:uint32_t:20@4.0; C:uint64_t:24@8.0 | T{<I:A:<I:B:x<Q:C:5x}
Mixed8_a | struct | - | 16 | 8 | A:uint32_t@0; B:uint32_t:32@4.0; C:unsigned long long:1@8.0 | T{<I:A:<I:B:<Q:C:7x}
Mixed8_b | struct | - | 16 | 8 | A:uint32_t@0; B:uint32_t@4; C:unsigned long long:1@8.0 | T{<I:A:<I:B:<Q:C:7x}
Mixed9 | struct | - | 4 | 4 | A:uint8_t@0; B:uint32_t:1@0.8 | T{<B:A:<I:B:2x}
Mixed10 | struct | - | 8 | 8 | A:uint32_t:1@0.0; B:uint64_t:1@0.1 | T{<I:A:<Q:B:7x}
Example_gh_95496 | struct | - | 8 | 8 | A:uint32_t:1@0.0; B:uint64_t:1@0.1 | T{<I:A:<Q:B:7x}
Example_gh_84039_bad | struct | pack1,ms | 3 | 1 | a0:uint8_t:1@0.0; a1:uint8_t:1@0.1; a2:uint8_t:1@0.2; a3:uint8_t:1@0.3; a4:uint8_t:1@0.4; a5:uint8_t:1@0.5; a6:uint8_t:1@0.6; a7:uint8_t:1@0.7; b0:uint16_t:4@1.0; b1:uint16_t:12@1.4 | T{<B:a0:<B:a1:<B:a2:<B:a3:<B:a4:<B:a5:<B:a6:<B:a7:<H:b0:<H:b1:}
Example_gh_84039_good_a | struct | pack1,ms | 1 | 1 | a0:uint8_t:1@0.0; a1:uint8_t:1@0.1; a2:uint8_t:1@0.2; a3:uint8_t:1@0.3; a4:uint8_t:1@0.4; a5:uint8_t:1@0.5; a6:uint8_t:1@0.6; a7:uint8_t:1@0.7 | T{<B:a0:<B:a1:<B:a2:<B:a3:<B:a4:<B:a5:<B:a6:<B:a7:}
Example_gh_84039_good | struct | pack1,ms | 3 | 1 | a:Example_gh_84039_good_a@0; b0:uint16_t:4@1.0; b1:uint16_t:12@1.4 | T{T{<B:a0:<B:a1:<B:a2:<B:a3:<B:a4:<B:a5:<B:a6:<B:a7:}:a:<H:b0:<H:b1:}
Example_gh_73939 | struct | pack1,ms | 8 | 1 | P:uint16_t@0; L:uint16_t:9@2.0; Pro:uint16_t:1@2.9; G:uint16_t:1@2.10; IB:uint16_t:1@2.11; IR:uint16_t:1@2.12; R:uint16_t:3@2.13; T:uint32_t:10@4.0; C:uint32_t:20@4.10; R2:uint32_t:2@4.30 | T{<H:P:<H:L:<H:Pro:<H:G:<H:IB:<H:IR:<H:R:<I:T:<I:C:<I:R2:}
Example_gh_86098 | struct | - | 4 | 4 | a:uint8_t:8@0.0; b:uint8_t:8@1.0; c:uint32_t:16@0.16 | T{<B:a:<B:b:<I:c:}
Example_gh_86098_pack | struct | pack1,ms | 6 | 1 | a:uint8_t:8@0.0; b:uint8_t:8@1.0; c:uint32_t:16@2.0 | T{<B:a:<B:b:<I:c:}
AnonBitfields | struct | - | 2 | 1 | _:X@0; y:signed char@1 | T{T{<b:a:<B:b:}:_:<b:y:}
`;

/** A line of the table. */
export interface Listed {
  readonly name: string;
  readonly isUnion: boolean;
  readonly isMs: boolean;
  /** 0 is none. */
  readonly pack: number;
  readonly size: number;
  readonly align: number;
  readonly members: readonly ListedMember[];
  readonly format: string;
}

export interface ListedMember {
  readonly name: string;
  /** As C names it. */
  readonly type: string;
  /** Of a bit-field. */
  readonly width?: number;
  readonly offset: number;
  readonly bitOffset: number;
}

/** Reads the lines, the unlisted one first. */
export function readTable(): Listed[] {
  return [unlisted, ...listed.trim().split("\n")].map(readLine);
}

// -- Private ---------------------------------------------------------------------------------------

function readLine(line: string): Listed {
  const [name, kind, attributes, size, align, members, format] = line.split(" | ") as [string, ...string[]];
  const given = attributes!.split(",");
  return {
    name,
    isUnion: kind === "union",
    isMs: given.includes("ms"),
    pack: Number(given.find((attribute) => attribute.startsWith("pack"))?.slice(4) ?? 0),
    size: Number(size),
    align: Number(align),
    members: members!.split("; ").map(readMember),
    format: format!,
  };
}

function readMember(text: string): ListedMember {
  const found = /^(\w+):([\w ]+?)(?::(\d+))?@(\d+)(?:\.(\d+))?$/.exec(text);
  if (found === null) throw new Error(`generated-table.ts: no member: ${text}`);
  const [, name, type, width, offset, bitOffset] = found as unknown as [
    string,
    string,
    string,
    ...(string | undefined)[],
  ];
  return {
    name,
    type,
    ...(width !== undefined && { width: Number(width) }),
    offset: Number(offset),
    bitOffset: Number(bitOffset ?? 0),
  };
}
