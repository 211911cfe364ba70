/** What goes wrong with sounds and films. */

/** Something about a sound, a film or what plays them; the message says what. */
export class MediaException extends Error {
  override readonly name: string = "MediaException";
}

/** A file of a kind that nothing here reads, or one that is broken. */
export class MediaFormatException extends MediaException {
  override readonly name: string = "MediaFormatException";
}

/** A source of which the wanted time cannot be found. */
export class CannotSeekException extends MediaException {
  override readonly name = "CannotSeekException";
}

/** No decoder could read a file. Of several, the one with the highest priority says why. */
export class MediaDecodeException extends MediaFormatException {
  override readonly name = "MediaDecodeException";
  exception_priority = 10;
}

/** A sound that cannot be written in the format that is wanted. */
export class MediaEncodeException extends MediaException {
  override readonly name = "MediaEncodeException";
}
