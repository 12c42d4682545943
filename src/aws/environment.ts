import { type Setting, settingNames } from './settings.ts';

/** The environment of the process, as the stack fills it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads what the stack told this function; throws an Error that names what is missing. */
export const settingsIn =
  (environment: Environment) =>
  (setting: Setting): string => {
    const value = environment[settingNames[setting]];
    if (value === undefined || value === '')
      throw new Error(
        `${settingNames[setting]} is not set: the stack must tell this function its ${setting}`,
      );
    return value;
  };
