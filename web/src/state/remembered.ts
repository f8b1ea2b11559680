// What this browser remembers: only what its reader likes, nothing that was said.

export function read(name: string): string | null {
    try {
        return localStorage.getItem(`tidegate.${name}`);
    } catch {
        return null; // storage is switched off: then nothing is remembered
    }
}

export function remember(name: string, value: string): void {
    try {
        localStorage.setItem(`tidegate.${name}`, value);
    } catch {
        // as above
    }
}
