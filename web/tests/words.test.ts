// Texts, figures, times and places of tiles, without a browser.

import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { codeAt, mockSecret } from "../mock/totp";
import { squarified } from "../src/parts/squarify";
import { clean, cleanLines, cleanToEdit } from "../src/text/clean";
import { onHold } from "../src/text/hold";
import { fullHour, localValue, momentOf, rfc3339, spelled } from "../src/text/moment";
import { bytes, count, decibans, milliseconds, percent, rate } from "../src/text/numbers";
import { leftToWrite, openPlaces } from "../src/text/public";
import { isMany } from "../src/text/subject";
import { clock, span } from "../src/text/time";
import { standingOf } from "../src/text/work";

test("what deceives the eye is seen", () => {
    const cases: readonly [string, string][] = [
        ["bob@example.org", "bob@example.org"],
        [
            "bj\u00f6rn@example.org \u2713 \u4e2d\u6587 \u0639\u0631\u0628\u064a",
            "bj\u00f6rn@example.org \u2713 \u4e2d\u6587 \u0639\u0631\u0628\u064a",
        ],
        ["a\u202eb\u2066c\u200fd\u061ce", "a\ufffdb\ufffdc\ufffdd\ufffde"],
        ["a\u200bb\ufeffc\u00add\u{e0041}e", "a\ufffdb\ufffdc\ufffdd\ufffde"],
        ["a\u2028b\u2029c", "a\ufffdb\ufffdc"],
        ["\u001b]0;x\u0007\n\t\u009b", "\\x1b]0;x\\x07\\x0a\\x09\\x9b"],
        ["half \ud83d of a pair", "half \ufffd of a pair"],
        ["<b>&amp;", "<b>&amp;"],
    ];
    for (const [text, shown] of cases) equal(clean(text), shown);
    equal(cleanLines("a\r\nb\u202e\nc\u0000"), "a\nb\ufffd\nc\\x00");
    equal(cleanToEdit("a\tb\r\n\u202ec\u0007"), "a\tb\n\ufffdc\\x07");
});

test("figures", () => {
    const cases: readonly [string, string][] = [
        [count(1_234_567), "1,234,567"],
        [count(null), "–"],
        [rate(7.34), "7.3"],
        [rate(0), "0"],
        [rate(1204.4), "1,204"],
        [percent(0), "0 %"],
        [percent(0.0002), "< 0.1 %"],
        [percent(0.004), "0.4 %"],
        [percent(0.9999), "99.9 %"],
        [percent(1), "100 %"],
        [percent(0.616), "62 %"],
        [decibans(13), "+13.0"],
        [decibans(-4.55), "−4.6"],
        [decibans(0), "0"],
        [bytes(812_334_112), "774.7 MiB"],
        [bytes(12), "12 B"],
        [milliseconds(0), "–"],
        [milliseconds(0.42), "0.4 ms"],
        [milliseconds(12_340), "12.3 s"],
    ];
    for (const [shown, wanted] of cases) equal(shown, wanted);
});

test("times", () => {
    const spans: readonly [number, string][] = [
        [3, "3 s"],
        [719, "11 min"],
        [19_200, "5 h 20 min"],
        [7200, "2 h"],
        [273_600, "3 d 4 h"],
        [-5, "0 s"],
        [Number.NaN, "?"],
    ];
    for (const [seconds, wanted] of spans) equal(span(seconds), wanted);
    deepEqual(clock(new Date("2026-08-05T01:02:03Z"), true), { date: "2026-08-05", time: "01:02:03" });
    equal(clock(new Date("nonsense"), true).time, "?");
});

test("moments, as they are written and as they are meant", () => {
    const before = process.env["TZ"];
    process.env["TZ"] = "Europe/Vienna";
    const meant: readonly [string, boolean, string | null][] = [
        ["2026-08-05T03:30", false, "2026-08-05T01:30:00Z"],
        ["2026-08-05T03:30", true, "2026-08-05T03:30:00Z"],
        ["2026-12-05T03:30", false, "2026-12-05T02:30:00Z"],
        ["2026-10-25T02:30", false, "2026-10-25T00:30:00Z"], // comes twice: the first
        ["2026-03-29T02:30", false, "2026-03-29T01:30:00Z"], // is left out: as if clocks had not changed
        ["", false, null],
        ["2026-13-05T03:30", true, null],
        ["5 August", true, null],
    ];
    for (const [written, utc, moment] of meant) {
        const read = momentOf(written, utc);
        equal(read === null ? null : rfc3339(read), moment, written);
    }
    equal(localValue(new Date("2026-08-05T01:30:12Z"), false), "2026-08-05T03:30");
    equal(localValue(new Date("0002-12-06T02:00:00Z"), true), "0002-12-06T02:00", "half a year is a year");
    const now = new Date("2026-12-01T09:10:00Z");
    equal(spelled(new Date("2026-12-04T01:00:00Z"), false, now), "Friday 4 December 2026, 02:00 (in 2 d 15 h)");
    equal(spelled(new Date("2026-12-01T09:00:00Z"), true, now), "Tuesday 1 December 2026, 09:00 (10 min ago)");
    equal(rfc3339(fullHour(now, 2)), "2026-12-01T12:00:00Z");
    process.env["TZ"] = before;
});

test("how announced work stands", () => {
    const plan = {
        id: "work-1",
        title: "",
        text: "",
        services: [],
        from: "2026-12-01T10:00:00Z",
        until: "2026-12-01T12:00:00Z",
        under_way: false,
        done: false,
        called_off: false,
        changed: null,
    };
    const at = (time: string, known: object) => {
        const { group, tone, overdue } = standingOf({ ...plan, ...known }, Date.parse(`2026-12-01T${time}:00Z`));
        return [group, tone, overdue];
    };
    deepEqual(at("09:00", {}), ["planned", "plain", ""]);
    deepEqual(at("10:20", {}), ["planned", "bad", "overdue: it should have begun 20 min ago"]);
    deepEqual(at("10:20", { under_way: true }), ["under way", "warn", ""]);
    deepEqual(at("12:05", { under_way: true }), ["under way", "bad", "overdue: it should have been done 5 min ago"]);
    deepEqual(at("12:05", { done: true }), ["past", "plain", ""]);
    deepEqual(at("10:20", { called_off: true }), ["past", "plain", ""]);
});

test("what is left to be written", () => {
    equal(leftToWrite("# A\n\n(to be written)\n\n## B\n\n(to be written)\n"), 2);
    equal(leftToWrite("all is said"), 0);
    deepEqual(openPlaces("Since {since} {services} {measured} {since} {other}"), ["{since}", "{services}", "{measured}"]);
    equal(onHold(185.4), "3:05");
    equal(onHold(59.6), "1:00");
    equal(onHold(0), "0:00");
});

test("tiles fill their room, do not overlap, and are as large as their values", () => {
    const items = [500, 300, 120, 50, 20, 5, 5, 0].map((value, at) => ({ value, name: String(at) }));
    const room = { x: 10, y: 20, width: 600, height: 400 };
    const placed = squarified(items, room);
    equal(placed.length, 7);
    const area = room.width * room.height;
    for (const { item, box } of placed) {
        ok(Math.abs((box.width * box.height) / area - item.value / 1000) < 1e-9);
        ok(box.x >= 10 - 1e-6 && box.y >= 20 - 1e-6 && box.x + box.width <= 610 + 1e-6 && box.y + box.height <= 420 + 1e-6);
    }
    for (const [at, { box: a }] of placed.entries())
        for (const { box: b } of placed.slice(at + 1))
            ok(a.x + a.width <= b.x + 1e-6 || b.x + b.width <= a.x + 1e-6 || a.y + a.height <= b.y + 1e-6 || b.y + b.height <= a.y + 1e-6);
    deepEqual(squarified([], room), []);
    deepEqual(squarified(items, { ...room, width: 0 }), []);
});

test("many, or one", () => {
    for (const who of ["AS64500", "as1", "192.0.2.0/24", "2001:db8::/32"]) ok(isMany(who), who);
    for (const who of ["192.0.2.1", "2001:db8::1", "bob@example.org", "bob/24", "AS64500x", "7KX2M9A", ""]) ok(!isMany(who), who);
});

test("codes, as RFC 6238 has them in its appendix B", () => {
    const cases: readonly [number, string][] = [
        [59, "287082"],
        [1_111_111_109, "081804"],
        [1_234_567_890, "005924"],
        [20_000_000_000, "353130"],
    ];
    for (const [seconds, code] of cases) equal(codeAt(mockSecret, seconds * 1000), code);
});
