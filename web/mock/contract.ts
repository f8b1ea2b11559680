// What docs/api-openapi.yaml and docs/control-openapi.yaml promise, so that whatever the mock says or is asked is held against it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { parse } from "yaml";
import type { Role } from "../src/api/types";

type Node = { [key: string]: unknown };

/** A place in one of the files. */
interface Spot {
    file: string;
    pointer: string;
    node: Node;
}

export interface Operation {
    role: Role | "none";
    /** /api/v1/incidents/{id} */
    path: string;
    parameters: Record<string, string>;
    spot: Spot;
}

const api = "api-openapi.yaml";
const methods = ["get", "post", "delete"];

function isNode(value: unknown): value is Node {
    return typeof value === "object" && value !== null;
}

function escaped(key: string): string {
    return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

export class Contract {
    private readonly files = new Map<string, Node>();
    private readonly ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes: false, validateSchema: false });
    private readonly coercing = new Ajv2020({ strict: false, coerceTypes: true, validateSchema: false });

    constructor(docs: string) {
        formats.default(this.ajv);
        formats.default(this.coercing);
        for (const file of [api, "control-openapi.yaml"]) {
            const node: unknown = parse(readFileSync(join(docs, file), "utf8"));
            if (!isNode(node)) throw new Error(`${file} is no object`);
            this.files.set(file, node);
            this.ajv.addSchema(node, file);
            this.coercing.addSchema(node, file);
        }
    }

    private at(file: string, pointer: string): Spot {
        let node: unknown = this.files.get(file);
        for (const step of pointer.split("/").slice(1)) {
            const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
            node = isNode(node) ? node[key] : undefined;
        }
        if (!isNode(node)) throw new Error(`${file} has no ${pointer}`);
        return this.followed({ file, pointer, node });
    }

    /** Where a $ref leads. */
    private followed(spot: Spot): Spot {
        const ref = spot.node["$ref"];
        if (typeof ref !== "string") return spot;
        const [file = "", pointer = ""] = ref.split("#");
        return this.at(file === "" ? spot.file : file, decodeURI(pointer));
    }

    private below(spot: Spot, ...keys: string[]): Spot {
        return this.at(spot.file, `${spot.pointer}/${keys.map(escaped).join("/")}`);
    }

    paths(): string[] {
        return Object.keys(this.below({ file: api, pointer: "", node: {} }, "paths").node);
    }

    operations(): { method: string; path: string }[] {
        return this.paths().flatMap((path) =>
            methods.filter((method) => isNode(this.at(api, `/paths/${escaped(path)}`).node[method])).map((method) => ({ method, path })),
        );
    }

    find(method: string, path: string): Operation | null {
        for (const template of this.paths()) {
            const names = [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
            const found = new RegExp(`^${template.replace(/\{\w+\}/g, "([^/]+)")}$`).exec(path);
            const raw = this.at(api, `/paths/${escaped(template)}`).node[method.toLowerCase()];
            if (found === null || !isNode(raw)) continue;
            const parameters = Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(found[at + 1] ?? "")]));
            const spot = this.followed({ file: api, pointer: `/paths/${escaped(template)}/${method.toLowerCase()}`, node: raw });
            return { role: raw["x-role"] as Role | "none", path: template, parameters, spot };
        }
        return null;
    }

    private readonly checks = new Map<string, ValidateFunction>();

    private check(spot: Spot, coerced: boolean): ValidateFunction {
        const key = `${coerced} ${spot.file}#${spot.pointer}`;
        const known = this.checks.get(key);
        if (known !== undefined) return known;
        const schema = { $ref: `${spot.file}#${encodeURI(spot.pointer)}` };
        const made = coerced ? this.coercing.compile({ type: "object", properties: { value: schema } }) : this.ajv.compile(schema);
        this.checks.set(key, made);
        return made;
    }

    /** coerced: a text that may stand for a number or a truth, as in a query. */
    private complaints(spot: Spot, value: unknown, coerced = false): string {
        const check = this.check(spot, coerced);
        return check(coerced ? { value } : value) ? "" : this.ajv.errorsText(check.errors);
    }

    /** What is wrong with a question; empty: nothing. */
    wrongQuestion(operation: Operation, query: URLSearchParams, body: unknown): string {
        const known = new Map<string, Spot>();
        const list = operation.spot.node["parameters"];
        for (let at = 0; at < (Array.isArray(list) ? list.length : 0); at += 1) {
            const parameter = this.below(operation.spot, "parameters", String(at));
            if (parameter.node["in"] === "query") known.set(String(parameter.node["name"]), parameter);
        }
        for (const [name, value] of query) {
            const parameter = known.get(name);
            if (parameter === undefined) return `there is no parameter ${name}`;
            const wrong = this.complaints(this.below(parameter, "schema"), value, true);
            if (wrong !== "") return `${name}: ${wrong}`;
        }
        for (const [name, parameter] of known) if (parameter.node["required"] === true && !query.has(name)) return `${name} is missing`;
        if (!isNode(operation.spot.node["requestBody"])) return body === undefined ? "" : "a body where none is asked for";
        if (body === undefined) return operation.spot.node["requestBody"]["required"] === true ? "the body is missing" : "";
        return this.complaints(this.below(operation.spot, "requestBody", "content", "application/json", "schema"), body);
    }

    /** What is wrong with an answer. */
    wrongAnswer(operation: Operation, status: number, type: string, body: unknown): string {
        const responses = operation.spot.node["responses"];
        const everywhere = [401, 403, 415, 429, 503];
        if (isNode(responses) && isNode(responses[String(status)])) {
            const response = this.below(operation.spot, "responses", String(status));
            if (response.node["content"] === undefined) return body === undefined ? "" : `${status} has no body`;
            if (type !== "application/json")
                return isNode(response.node["content"]) && type in response.node["content"] ? "" : `${status} is not said as ${type}`;
            return this.complaints(this.below(response, "content", type, "schema"), body);
        }
        if (!everywhere.includes(status)) return `${status} is no answer of it`;
        return this.complaints(this.at(api, "/components/schemas/Error"), body);
    }

    /** Of an event of the stream. */
    wrongEvent(name: string, value: unknown): string {
        const schemas: Record<string, Spot> = {
            scene: this.at("control-openapi.yaml", "/components/schemas/Scene"),
            told: this.at(api, "/components/schemas/Told"),
            incident: this.at("control-openapi.yaml", "/components/schemas/IncidentHead"),
        };
        const spot = schemas[name];
        return spot === undefined ? `there is no event ${name}` : this.complaints(spot, value);
    }
}
