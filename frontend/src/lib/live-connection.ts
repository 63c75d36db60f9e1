import type { MetaInboxClient } from "@/api/client";
import { ApiProblem } from "@/api/errors";
import type { LiveEvent, LiveFrame, PlaceFrame } from "@/api/types";

/** `off`: the agent may not read messages, so there is nothing to be told. */
export type LiveState = "connecting" | "open" | "waiting" | "signed-out" | "off";

export interface LiveHandlers {
  /** Several at once: what comes within a tenth of a second is told together. */
  onEvents: (events: LiveEvent[]) => void;
  /** What was missed is not known: lists are to be read anew. */
  onResync: () => void;
  /** It follows from now on: what was read until here may lack what happened since. */
  onBegun: () => void;
  onState: (state: LiveState) => void;
}

const TOLD_TOGETHER_MS = 100;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const CONNECTS_WITHIN_MS = 10_000;
const LOOKED_EVERY_MS = 5000;
/** A computer that stood still for so long has slept, and its connection may be dead without knowing it. */
const SLEPT_MS = 25_000;
const CURSOR_UNREADABLE = 4400;
const CREDENTIAL_ENDED = 4401;

/** One WebSocket that always comes back, from where it was: nothing is missed and nothing comes twice. */
export class LiveConnection {
  #cursor: string | null = null;
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #telling: ReturnType<typeof setTimeout> | undefined;
  #waiting: LiveEvent[] = [];
  #failures = 0;
  #attempt = 0;
  #stopped = true;
  #looking: ReturnType<typeof setInterval> | undefined;
  #looked = 0;

  constructor(
    private readonly client: MetaInboxClient,
    private readonly handlers: LiveHandlers,
  ) {}

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    globalThis.addEventListener("online", this.#hurry);
    globalThis.addEventListener("offline", this.#lost);
    document.addEventListener("visibilitychange", this.#look);
    this.#looked = Date.now();
    this.#looking = setInterval(this.#look, LOOKED_EVERY_MS);
    this.handlers.onState("connecting");
    void this.#open();
  }

  stop(): void {
    this.#stopped = true;
    this.#attempt += 1;
    globalThis.removeEventListener("online", this.#hurry);
    globalThis.removeEventListener("offline", this.#lost);
    document.removeEventListener("visibilitychange", this.#look);
    clearInterval(this.#looking);
    clearTimeout(this.#timer);
    this.#drop();
    this.#tell(); // the cursor is past them already
  }

  #hurry = (): void => {
    if (this.#socket?.readyState === WebSocket.OPEN) return;
    this.#failures = 0;
    this.#again(0);
  };

  // A socket may not notice for a minute that its network is gone.
  #lost = (): void => this.#again();

  // Timers of a hidden page are slowed down, so only the time until it is seen again counts.
  #look = (): void => {
    const slept = Date.now() - this.#looked > SLEPT_MS;
    if (document.visibilityState === "hidden") return;
    this.#looked = Date.now();
    if (!slept) return;
    this.#drop();
    this.#hurry();
  };

  async #open(): Promise<void> {
    const attempt = (this.#attempt += 1);
    let address: string;
    try {
      const { ticket } = await this.client.liveTicket();
      const after = this.#cursor === null ? "" : `&after=${encodeURIComponent(this.#cursor)}`;
      address = `${this.client.liveAddress()}?ticket=${encodeURIComponent(ticket)}${after}`;
    } catch (error) {
      if (attempt !== this.#attempt || this.#stopped) return;
      const status = error instanceof ApiProblem ? error.status : 0;
      if (status === 403) {
        this.handlers.onState("off");
      } else if (status === 401) {
        // Whoever gives the tokens may have a good one later.
        this.handlers.onState("signed-out");
        this.#timer = setTimeout(() => void this.#open(), LONGEST_WAIT_MS);
      } else {
        this.#again();
      }
      return;
    }
    if (attempt !== this.#attempt || this.#stopped) return;
    this.#listen(new WebSocket(address));
  }

  #listen(socket: WebSocket): void {
    this.#socket = socket;
    const overdue = setTimeout(() => socket.close(), CONNECTS_WITHIN_MS);
    socket.onmessage = (message: MessageEvent<string>) => {
      clearTimeout(overdue);
      if (socket === this.#socket) this.#take(JSON.parse(message.data) as LiveFrame);
    };
    socket.onclose = ({ code }) => {
      clearTimeout(overdue);
      if (socket !== this.#socket) return;
      this.#socket = null;
      if (code === CURSOR_UNREADABLE) this.#cursor = null;
      this.#again(code === CREDENTIAL_ENDED ? 0 : undefined);
    };
  }

  #take(frame: LiveFrame): void {
    if (isPlace(frame)) {
      const isFirst = this.#cursor === null;
      this.#failures = 0;
      this.#cursor = frame.cursor;
      this.handlers.onState("open");
      if (frame.type === "resync") this.handlers.onResync();
      else if (isFirst) this.handlers.onBegun();
      return;
    }
    this.#cursor = frame.cursor;
    this.#waiting.push(frame);
    this.#telling ??= setTimeout(() => this.#tell(), TOLD_TOGETHER_MS);
  }

  #tell(): void {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    if (this.#waiting.length > 0) this.handlers.onEvents(this.#waiting.splice(0));
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    // Browsers complain of one that is closed while it opens.
    if (socket.readyState === WebSocket.CONNECTING) socket.onopen = () => socket.close();
    else socket.close();
  }

  #again(after?: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#drop();
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.handlers.onState(after === 0 ? "connecting" : "waiting");
    this.#timer = setTimeout(() => void this.#open(), after ?? longest * (0.5 + Math.random() / 2));
  }
}

function isPlace(frame: LiveFrame): frame is PlaceFrame {
  return frame.type === "ready" || frame.type === "resync";
}
