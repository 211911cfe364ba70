/**
 * The order in which a module declares its types, since a class must be there before an expression uses it. Where two
 * structures speak of each other, one member is given as a function: `next: () => POINTER(Node)`. Which members those
 * are follows from the order.
 */
import { exportedNames, neededBy, type TypeDeclaration } from "./ir.ts";

export interface Ordered {
  readonly declaration: TypeDeclaration;
  /** The names that were not there yet: members that mention one are given as functions. */
  readonly later: ReadonlySet<string>;
}

export function ordered(declarations: readonly TypeDeclaration[]): Ordered[] {
  const byName = new Map(declarations.flatMap((one) => exportedNames(one).map((name) => [name, one] as const)));
  const done = new Set<string>();
  const underWay = new Set<string>();
  const result: Ordered[] = [];

  /** Whether the declaration stands in the result now. */
  const place = (declaration: TypeDeclaration): boolean => {
    const { name } = declaration;
    if (done.has(name)) return true;
    if (underWay.has(name)) return false;
    underWay.add(name);
    const needed = neededBy(declaration).flatMap((wanted) => byName.get(wanted) ?? []);
    const areThere = needed.map(place).every((isThere) => isThere);
    underWay.delete(name);
    // The members of a structure may come later; anything else is an expression that is evaluated at once.
    if (!areThere && declaration.kind !== "record") return false;
    if (done.has(name)) return true;
    const later = new Set(neededBy(declaration).filter((wanted) => byName.has(wanted) && !done.has(wanted)));
    for (const exported of exportedNames(declaration)) done.add(exported);
    result.push({ declaration, later });
    return true;
  };

  for (let before = -1; before !== result.length; ) {
    before = result.length;
    for (const declaration of declarations) place(declaration);
  }
  return result;
}
