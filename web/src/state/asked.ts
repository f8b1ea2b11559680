// What a view has asked the daemon for: the last answer stays while another is awaited, and if that fails.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { call, type Query, type Refused, refusedOf } from "../api/call";

export interface Asked<T> {
    answer: T | null;
    refused: Refused | null;
    waiting: boolean;
    again: () => void;
}

/** path null: nothing is asked for. everyMs: asked again and again, while the page is seen. */
export function useAsked<T>(path: string | null, query: Query = {}, everyMs = 0): Asked<T> {
    const key = path === null ? null : JSON.stringify([path, query]);
    const [state, setState] = useState<{ key: string | null; answer: T | null; refused: Refused | null; waiting: boolean }>({
        key,
        answer: null,
        refused: null,
        waiting: key !== null,
    });
    const running = useRef<AbortController | null>(null);
    const busy = useRef(false);
    const ask = useCallback(async () => {
        if (path === null) return;
        running.current?.abort();
        busy.current = true; // where answers take longer than everyMs, the clock waits for them
        const mine = new AbortController();
        running.current = mine;
        setState((before) => ({ ...(before.key === key ? before : { answer: null, refused: null }), key, waiting: true }));
        try {
            const answer = await call<T>(path, { query, signal: mine.signal });
            if (!mine.signal.aborted) setState({ key, answer, refused: null, waiting: false });
        } catch (trouble) {
            if (!mine.signal.aborted) setState((before) => ({ key, answer: before.answer, refused: refusedOf(trouble), waiting: false }));
        }
        if (running.current === mine) busy.current = false;
    }, [key]);
    useEffect(() => {
        void ask();
        const timer = everyMs > 0 ? window.setInterval(() => document.hidden || busy.current || void ask(), everyMs) : undefined;
        return () => {
            window.clearInterval(timer);
            running.current?.abort();
        };
    }, [ask, everyMs]);
    const current = state.key === key;
    return {
        answer: current ? state.answer : null,
        refused: current ? state.refused : null,
        waiting: state.waiting || !current,
        again: () => void ask(),
    };
}
