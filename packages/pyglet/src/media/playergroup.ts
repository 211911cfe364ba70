/** Several players at once. */
import { Player } from "./player.ts";

/** Players that begin and pause at the same moment. */
export class PlayerGroup {
  readonly players: readonly Player[];

  constructor(players: Iterable<Player>) {
    this.players = [...players];
  }

  play(): void {
    Player.together(this.players);
  }

  pause(): void {
    for (const player of this.players) player.pause();
  }
}
