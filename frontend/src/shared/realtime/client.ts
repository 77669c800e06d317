/** What the server says of a topic. */
export type News = "subscribed" | "changed" | "withdrawn" | "refused";

export type Connection = "idle" | "connecting" | "open" | "waiting" | "ended";

interface Listener {
  /** It changed; whether this very tab asked for that, and so shows it or is about to. */
  changed: (isOwn: boolean) => void;
  withdrawn: () => void;
}

interface Message {
  type: News | "unsubscribed";
  topic: string;
  own?: boolean;
}

const SIGNED_OUT = 4401;
const SEAT_ENDED = 4403;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;

/**
 * The one socket of this tab. Topics are listened to as long as somebody does; after a broken connection everything is
 * subscribed anew and told as changed, because what happened meanwhile was not heard.
 */
export class Realtime {
  #socket: WebSocket | null = null;
  #state: Connection = "idle";
  #seat: string | null = null;
  #wait = FIRST_WAIT;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hadOpened = false;
  readonly #topics = new Map<string, Set<Listener>>();
  readonly #watchers = new Set<() => void>();
  readonly #tab: string;
  readonly #open: (address: string) => WebSocket;

  constructor(tab: string, open: (address: string) => WebSocket = (address) => new WebSocket(address)) {
    this.#tab = tab;
    this.#open = open;
  }

  get state(): Connection {
    return this.#state;
  }

  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Acts in another seat: the old socket closes, and what is listened to is asked for anew in the new one. */
  actAs(seat: string | null): void {
    if (seat === this.#seat) return;
    this.#seat = seat;
    this.#hadOpened = false;
    this.#drop();
    if (seat !== null && this.#topics.size > 0) this.#connect();
  }

  listen(topic: string, listener: Listener): () => void {
    const listeners = this.#topics.get(topic) ?? new Set<Listener>();
    const first = listeners.size === 0;
    listeners.add(listener);
    this.#topics.set(topic, listeners);
    if (this.#socket === null && this.#timer === undefined) this.#connect();
    else if (first) this.#say("subscribe", topic);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#topics.get(topic) === listeners) {
        this.#topics.delete(topic);
        this.#say("unsubscribe", topic);
      }
    };
  }

  /** Tries at once where a wait was on, for when the browser says the network is back. */
  wake(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#connect();
  }

  #connect(): void {
    if (this.#seat === null) return;
    this.#to("connecting");
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = this.#open(`${scheme}://${location.host}/ws/?seat=${this.#seat}&tab=${this.#tab}`);
    this.#socket = socket;
    socket.onopen = () => {
      this.#wait = FIRST_WAIT;
      this.#to("open");
      for (const topic of this.#topics.keys()) this.#say("subscribe", topic);
      if (this.#hadOpened) for (const listeners of this.#topics.values()) tellChanged(listeners, false);
      this.#hadOpened = true;
    };
    socket.onmessage = (event) => this.#hear(String(event.data));
    socket.onclose = (event) => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#closed(event.code);
    };
  }

  #closed(code: number): void {
    if (code === SEAT_ENDED || code === SIGNED_OUT) {
      this.#to("ended");
      for (const listeners of this.#topics.values()) tellWithdrawn(listeners);
      return;
    }
    if (this.#topics.size === 0) {
      this.#to("idle");
      return;
    }
    this.#to("waiting");
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#connect();
    }, this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }

  #hear(text: string): void {
    let message: Message;
    try {
      message = JSON.parse(text) as Message;
    } catch {
      return;
    }
    const listeners = this.#topics.get(message.topic);
    if (listeners === undefined) return;
    if (message.type === "changed") tellChanged(listeners, message.own === true);
    else if (message.type === "withdrawn" || message.type === "refused") tellWithdrawn(listeners);
  }

  #say(type: "subscribe" | "unsubscribe", topic: string): void {
    if (this.#state === "open") this.#socket?.send(JSON.stringify({ type, topic }));
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#to("idle");
  }

  #to(state: Connection): void {
    this.#state = state;
    for (const watcher of this.#watchers) watcher();
  }
}

function tellChanged(listeners: ReadonlySet<Listener>, isOwn: boolean): void {
  for (const listener of [...listeners]) listener.changed(isOwn);
}

function tellWithdrawn(listeners: ReadonlySet<Listener>): void {
  for (const listener of [...listeners]) listener.withdrawn();
}
