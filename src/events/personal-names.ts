/**
 * Words that make a parameter personal wherever they stand in its name: `user_email`, `billing[phone]`,
 * `X-Amz-Credential`. Accents, digits and letter case do not count. People, ways to reach them, what they
 * log in
 * with, what they pay with.
 */
export const telling: ReadonlySet<string> = new Set(
  (
    'mail mails email emails courriel correo emailadres phone telephone tel telefon telefono ' +
    'telephonenumber ' +
    'handynummer msisdn fax mobilephone mobilenumber cellphone phonenumber ' +
    'token tokens password passwort kennwort contrasena senha motdepasse mdp wachtwoord haslo passwd ' +
    'passwrd ' +
    'passphrase passcode passkey pwd pswd psw secret jwt apikey apitoken bearer auth authorization ' +
    'authcode ' +
    'oauth saml samlresponse samlrequest credential credentials cred creds otp totp mfa csrf xsrf ' +
    'signature sig ' +
    'hmac cookie sid sessid phpsessid jsessionid sessionid aspsessionid cfid cftoken ' +
    'ssn iban bic cvv cvc cvn ccnum ccnumber creditcard cardnumber passport dni cpf ' +
    'firstname lastname surname fullname forename username nickname fname lname uname vorname nachname ' +
    'prenom ' +
    'apellido apellidos cognome birthday birthdate birth dob geburtsdatum пароль телефон почта 密码 手机 邮箱 ' +
    'address adresse addr street strasse straße remoteaddr ipaddress'
  ).split(' '),
);

/** Stems that tell in the middle of a word: `useremail`, `mypassword`. */
export const stems: readonly string[] = ['email', 'passw', 'token', 'authoriz', 'birthda'];

/** The same over several words, however they are joined: `accesskey`, `access_key`, `AWSAccessKeyId`. */
export const compounds: readonly string[] = (
  'sessionid sessid apikey accesskey secretkey privatekey username firstname lastname fullname phonenumber ' +
  'mobilenumber cellnumber faxnumber creditcard cardnumber ccnumber accountnumber loginhint'
).split(' ');

/** Words that say whose or where, and change nothing, as in “user_pin” or `form[code]`. */
const containers =
  'user users usr my your his customer client member account form field fields data input params body';

/**
 * Words that are personal alone, beside containers and beside words of their own row: `code`, `auth_code`
 * and `key`,
 * `license_key` are dropped; `promo_code`, `country_code`, `sort_key` and `product_name` stay.
 */
export const alone: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    name: 'first last full given family middle maiden sur nick contact display',
    code:
      'auth authentication verification verify confirm confirmation login signin reset recovery access ' +
      'security ' +
      'sms activation one time backup device verifier invite',
    key: 'access api secret private auth license licence activation reset recovery confirm confirmation session id',
    pass: 'login word phrase key code old new confirm repeat again wp',
    pin: 'code number card old new',
    session: 'key hash value cookie',
    sess: 'key',
    cc: 'number num no name holder exp expiry',
    login: 'name id key hash',
    user: '',
    usr: '',
    ip: 'remote visitor',
  }).map(([word, beside]) => [word, new Set(`${word} ${containers} ${beside}`.split(' '))]),
);
