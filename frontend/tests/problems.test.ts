import { describe, expect, it } from "vitest";
import { asProblem, Problem, pathOf, problemOf, sortedErrors } from "@/shared/api/problems";

describe("problems", () => {
  it("point to fields by JSON pointer, with its escapes and places in lists", () => {
    expect(pathOf("/lines/2/units")).toEqual(["lines", 2, "units"]);
    expect(pathOf("/a~1b/c~0d")).toEqual(["a/b", "c~d"]);
    expect(pathOf("")).toEqual([]);
  });

  it("are sorted into those of fields and the rest", () => {
    const problem = new Problem({
      status: 422,
      errors: [
        { pointer: "/uscc", code: "bad", message: "wrong digit" },
        { pointer: "/uscc", code: "long", message: "too long" },
        { pointer: "", code: "names", message: "one name at least" },
        { pointer: "/hidden", code: "x", message: "not on this form" },
      ],
    });
    expect(sortedErrors(problem, [["uscc"], ["name_zh"]])).toEqual({
      ofFields: [{ name: ["uscc"], errors: ["wrong digit", "too long"] }],
      others: ["one name at least", "not on this form"],
    });
  });

  it("of a part without a field are told with what it is a part of", () => {
    const problem = new Problem({
      status: 422,
      errors: [
        { pointer: "/claims/1/standard", code: "required", message: "blank" },
        { pointer: "/claims/1/chart_id", code: "unknown", message: "no such paper" },
        { pointer: "/claims", code: "too_many", message: "too many" },
        { pointer: "/claims_of/1", code: "x", message: "something else" },
      ],
    });
    expect(sortedErrors(problem, [["claims"], ["claims", 1, "standard"]])).toEqual({
      ofFields: [
        { name: ["claims", 1, "standard"], errors: ["blank"] },
        { name: ["claims"], errors: ["no such paper", "too many"] },
      ],
      others: ["something else"],
    });
  });

  it("keep the reference of the request where the server names none", async () => {
    const answer = new Response("<h1>Bad gateway</h1>", {
      status: 502,
      headers: { "X-Request-Id": "abc-123" },
    });
    const problem = await problemOf(answer);
    expect(problem.status).toBe(502);
    expect(problem.reference).toBe("abc-123");
  });

  it("say how long to wait", async () => {
    const answer = Response.json(
      { code: "too_many_requests" },
      { status: 429, headers: { "Retry-After": "17" } },
    );
    expect((await problemOf(answer)).retryAfter).toBe(17);
  });

  it("tell a broken way from a fault of the page", () => {
    expect(asProblem(new TypeError("Failed to fetch")).isOffline).toBe(true);
    expect(asProblem(new TypeError("x is undefined")).code).toBe("client");
  });
});
