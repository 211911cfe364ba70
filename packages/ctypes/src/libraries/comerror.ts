/** The error of a method of COM. */

/** What an object says about an error; null where it says nothing. */
export type ComDetails = readonly [
  description: string | null,
  source: string | null,
  helpFile: string | null,
  helpContext: number | null,
  progID: string | null,
];

/** A method of COM failed whose interface was given (`iid`): what Python's `COMError` is. */
export class COMError extends Error {
  readonly code = "ERR_CTYPES_COM";
  override readonly name = "COMError";
  readonly hresult: number;
  /** The system's text about the error. */
  readonly text: string | null;
  readonly details: ComDetails;
  constructor(hresult: number, text: string | null, details: ComDetails) {
    super(`[HRESULT 0x${(hresult >>> 0).toString(16)}] ${details[0] ?? text ?? "<no description>"}`);
    this.hresult = hresult;
    this.text = text;
    this.details = details;
  }
}
