import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Realtime } from "@/shared/realtime/client";

class FakeSocket {
  static all: FakeSocket[] = [];
  sent: { type: string; topic: string }[] = [];
  isClosed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly address: string) {
    FakeSocket.all.push(this);
  }

  send(text: string) {
    this.sent.push(JSON.parse(text) as { type: string; topic: string });
  }

  close() {
    this.isClosed = true;
    this.onclose?.({ code: 1000 });
  }

  say(type: string, topic: string, more: object = {}) {
    this.onmessage?.({ data: JSON.stringify({ type, topic, ...more }) });
  }
}

const TOPIC = "close.closerun:1";

function started() {
  const realtime = new Realtime("tab-1", (address) => new FakeSocket(address) as unknown as WebSocket);
  realtime.actAs("seat-1");
  const listener = { changed: vi.fn(), withdrawn: vi.fn() };
  const end = realtime.listen(TOPIC, listener);
  return { realtime, listener, end };
}

const last = () => {
  const socket = FakeSocket.all.at(-1);
  if (!socket) throw new Error("no socket was opened");
  return socket;
};

describe("live updates", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("location", { protocol: "https:", host: "alliance.example" });
    FakeSocket.all = [];
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("go over one socket, opened for the acting seat, however many listen", () => {
    const { realtime } = started();
    realtime.listen(TOPIC, { changed: vi.fn(), withdrawn: vi.fn() });
    realtime.listen("close.closerun:2", { changed: vi.fn(), withdrawn: vi.fn() });
    expect(FakeSocket.all.map((socket) => socket.address)).toEqual([
      "wss://alliance.example/ws/?seat=seat-1&tab=tab-1",
    ]);
    last().onopen?.();
    expect(last().sent).toEqual([
      { type: "subscribe", topic: TOPIC },
      { type: "subscribe", topic: "close.closerun:2" },
    ]);
  });

  it("tell those who listen, and nobody else", () => {
    const { listener } = started();
    last().onopen?.();
    last().say("changed", "close.closerun:9");
    expect(listener.changed).not.toHaveBeenCalled();
    last().say("changed", TOPIC);
    expect(listener.changed).toHaveBeenCalledTimes(1);
    last().say("withdrawn", TOPIC);
    expect(listener.withdrawn).toHaveBeenCalledTimes(1);
  });

  it("say whether this very tab asked for the change", () => {
    const { listener } = started();
    last().onopen?.();
    last().say("changed", TOPIC, { own: true });
    last().say("changed", TOPIC);
    expect(listener.changed.mock.calls).toEqual([[true], [false]]);
  });

  it("are subscribed anew after a broken connection, and what was missed counts as changed", () => {
    const { listener } = started();
    last().onopen?.();
    last().onclose?.({ code: 1006 });
    vi.advanceTimersByTime(1_000);
    expect(FakeSocket.all).toHaveLength(2);
    last().onopen?.();
    expect(last().sent).toEqual([{ type: "subscribe", topic: TOPIC }]);
    expect(listener.changed).toHaveBeenCalledTimes(1);
  });

  it("wait longer after each failure, up to a bound", () => {
    started();
    for (const wait of [1, 2, 4, 8, 16, 30, 30]) {
      const before = FakeSocket.all.length;
      last().onclose?.({ code: 1006 });
      vi.advanceTimersByTime(wait * 1_000 - 1);
      expect(FakeSocket.all).toHaveLength(before);
      vi.advanceTimersByTime(1);
      expect(FakeSocket.all).toHaveLength(before + 1);
    }
  });

  it("end with the seat: the page is told that its right is gone, and nothing connects again", () => {
    const { realtime, listener } = started();
    last().onopen?.();
    last().onclose?.({ code: 4403 });
    expect(listener.withdrawn).toHaveBeenCalledTimes(1);
    expect(realtime.state).toBe("ended");
    vi.advanceTimersByTime(120_000);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it("move to the other seat's socket when seats are switched", () => {
    const { realtime } = started();
    last().onopen?.();
    const before = last();
    realtime.actAs("seat-2");
    expect(before.isClosed).toBe(true);
    expect(last().address).toContain("seat=seat-2");
    vi.advanceTimersByTime(120_000);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("stop when nobody listens any more", () => {
    const { end } = started();
    last().onopen?.();
    end();
    expect(last().sent.at(-1)).toEqual({ type: "unsubscribe", topic: TOPIC });
  });
});
