// Something that a person orders: at most once at a time, and its answer in words.

import { useState } from "preact/hooks";
import { type Refused, refusedOf } from "../api/call";

export interface Ordered {
    busy: boolean;
    refused: Refused | null;
    done: string;
    /** order() gives what was done, in words */
    run: (order: () => Promise<string>) => Promise<boolean>;
    clear: () => void;
}

export function useDeed(): Ordered {
    const [state, setState] = useState<{ busy: boolean; refused: Refused | null; done: string }>({ busy: false, refused: null, done: "" });
    const run = async (order: () => Promise<string>): Promise<boolean> => {
        if (state.busy) return false;
        setState({ busy: true, refused: null, done: "" });
        try {
            const done = await order();
            setState({ busy: false, refused: null, done });
            return true;
        } catch (trouble) {
            setState({ busy: false, refused: refusedOf(trouble), done: "" });
            return false;
        }
    };
    return { ...state, run, clear: () => setState({ busy: false, refused: null, done: "" }) };
}
