import { describe, expect, it } from "vitest";
import { sorted } from "@/features/members/state";
import { safeNext } from "@/features/sign-in/next";
import { Intention } from "@/shared/api/idempotency";
import { bytes, text } from "@/shared/auth/passkeys";
import { standingOf } from "@/shared/standing/standings";

describe("the key of a request", () => {
  it("stays the same while the same contents are sent again", () => {
    const intention = new Intention();
    expect(intention.keyFor({ a: 1 })).toBe(intention.keyFor({ a: 1 }));
  });

  it("changes with the contents, and after success", () => {
    const intention = new Intention();
    const first = intention.keyFor({ a: 1 });
    const second = intention.keyFor({ a: 2 });
    expect(second).not.toBe(first);
    intention.done();
    expect(intention.keyFor({ a: 2 })).not.toBe(second);
  });
});

describe("where a sign-in leads", () => {
  it.each([
    [undefined, "/"],
    ["/closes/1?tab=shares", "/closes/1?tab=shares"],
    ["https://evil.example/", "/"],
    ["//evil.example/", "/"],
    ["/\\evil.example/", "/"],
    ["/sign-in?next=/x", "/"],
  ])("%s leads to %s", (given, place) => {
    expect(safeNext(given)).toBe(place);
  });
});

describe("the binary parts of passkeys", () => {
  it("survive their way as text", () => {
    const given = Uint8Array.from([0, 1, 62, 63, 250, 255]);
    expect([...bytes(text(given.buffer))]).toEqual([...given]);
    expect(text(given.buffer)).not.toMatch(/[+/=]/);
  });
});

describe("a membership", () => {
  it("offers the step that leads on, and keeps what ends it for the menu", () => {
    expect(sorted(["review", "refusal"])).toEqual({ next: "review", rest: ["refusal"] });
    expect(sorted(["admission", "refusal"])).toEqual({ next: "admission", rest: ["refusal"] });
    expect(sorted(["suspension", "departure", "expulsion"]).next).toBeUndefined();
  });

  it("is marked as open where the server names a state this page does not know", () => {
    expect(standingOf("suspended")).toBe("overdue");
    expect(standingOf("something new")).toBe("attention");
  });
});
