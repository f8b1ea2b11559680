/** Tidegate's mark. */
export function Mark() {
    return (
        <svg viewBox="0 0 24 24" aria-hidden="true">
            <rect width="24" height="24" rx="5" fill="#0b5c86" />
            <path
                d="M3 9c3-3 6-3 9 0s6 3 9 0M3 14.5c3-3 6-3 9 0s6 3 9 0"
                fill="none"
                stroke="#fff"
                stroke-width="2"
                stroke-linecap="round"
            />
            <path d="M12 4v16" stroke="#8fd3f4" stroke-width="2" stroke-linecap="round" />
        </svg>
    );
}
