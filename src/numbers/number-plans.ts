/** The version of libphonenumber-js and the day of its release (UTC): its number plans are no newer. A test compares it. */
export const numberPlans = { version: '1.13.16', released: '2026-11-10' } as const;
