// The mock answers every call of docs/api-openapi.yaml and no other, and what breaks the contract is noticed.

import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { test } from "node:test";
import { Contract } from "../mock/contract";
import { routes } from "../mock/routes";
import { scene } from "../mock/scene";

const contract = new Contract("../docs");

test("every call has an answer, and every answer a call", () => {
    const promised = contract.operations().map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    deepEqual([...Object.keys(routes), "GET /api/v1/live"].sort(), promised.sort());
});

function operation(method: string, path: string) {
    const found = contract.find(method, path);
    if (found === null) throw new Error(`no ${method} ${path}`);
    return found;
}

test("roles come from the contract", () => {
    equal(operation("GET", "/api/v1/scene").role, "look");
    equal(operation("POST", "/api/v1/mode").role, "act");
    equal(operation("POST", "/api/v1/session").role, "none");
    deepEqual(operation("POST", "/api/v1/incidents/2026-08-05-1/say").parameters, { id: "2026-08-05-1" });
    equal(contract.find("GET", "/api/v1/nothing"), null);
});

test("a wrong question is noticed", () => {
    const why = operation("GET", "/api/v1/why");
    equal(contract.wrongQuestion(why, new URLSearchParams({ who: "bob" }), undefined), "");
    equal(contract.wrongQuestion(why, new URLSearchParams(), undefined), "who is missing");
    equal(contract.wrongQuestion(why, new URLSearchParams({ who: "bob", what: "x" }), undefined), "there is no parameter what");
    match(contract.wrongQuestion(operation("GET", "/api/v1/deeds"), new URLSearchParams({ most: "5000" }), undefined), /most/);
    equal(contract.wrongQuestion(operation("GET", "/api/v1/deeds"), new URLSearchParams({ most: "100" }), undefined), "");
    const mode = operation("POST", "/api/v1/mode");
    equal(contract.wrongQuestion(mode, new URLSearchParams(), { mode: "act", reason: "x" }), "");
    notEqual(contract.wrongQuestion(mode, new URLSearchParams(), { mode: "sleep" }), "");
    notEqual(contract.wrongQuestion(mode, new URLSearchParams(), undefined), "");
});

test("a wrong answer is noticed", () => {
    const servers = operation("GET", "/api/v1/servers");
    const json = "application/json";
    equal(contract.wrongAnswer(servers, 200, json, { servers: [] }), "");
    notEqual(contract.wrongAnswer(servers, 200, json, { servers: [{ server: 5 }] }), "");
    notEqual(contract.wrongAnswer(servers, 302, json, {}), "");
    equal(contract.wrongAnswer(servers, 403, json, { error: "no", needs: "act" }), "");
    notEqual(contract.wrongAnswer(servers, 403, json, { error: "no", needs: "god" }), "");
    equal(contract.wrongEvent("scene", scene(0, "act")), "");
    notEqual(contract.wrongEvent("scene", { ...scene(0, "act"), posture: "asleep" }), "");
    notEqual(contract.wrongEvent("gossip", {}), "");
});
