/** The version this installation says it is; held equal to package.json by a test. */
export const version = '0.1.0';
