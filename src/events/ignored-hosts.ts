/**
 * Hosts a visit passes through, by what they do: they bring nobody. Each stands for its subdomains; `{}` is
 * any country domain. Kept by hand.
 */
export const ignoredHosts = {
  payment:
    'paypal.{} paypalobjects.com stripe.com link.com klarna.{} klarnaservices.com adyen.com ' +
    'adyenpayments.com mollie.com ' +
    'braintreegateway.com braintree-api.com checkout.com worldpay.com sagepay.com opayo.co.uk opayo.eu ' +
    'authorize.net ' +
    'cybersource.com squareup.com afterpay.com clearpay.co.uk clearpay.com affirm.com sezzle.com ' +
    'laybuy.com scalapay.com alma.eu oney.fr payplug.com lyra.com payzen.eu systempay.fr ingenico.com ' +
    'ogone.com ' +
    'v-psp.com worldline-solutions.com saferpay.com datatrans.com datatrans.biz payrexx.com twint.ch ' +
    'wallee.com sofort.com sofortueberweisung.de giropay.de paydirekt.de eps-ueberweisung.at ideal.nl ' +
    'pay.nl ' +
    'multisafepay.com buckaroo.nl icepay.com sisow.nl bancontact.com payconiq.com hipay.com hipay-tpp.com ' +
    'computop-paygate.com payone.com pay1.de secupay.ag heidelpay.com unzer.com novalnet.de ' +
    'micropayment.de ' +
    'amazonpay.com payments.amazon.{} pay.amazon.{} pay.google.com applepay.cdn-apple.com ' +
    'apple-pay-gateway.apple.com ' +
    'paysafecard.com skrill.com neteller.com trustly.com gocardless.com truelayer.com tink.com nets.eu ' +
    'dibspayment.com ' +
    'quickpay.net bambora.com vipps.no mobilepay.dk mobilepay.fi swish.nu svea.com paytrail.com ' +
    'checkout.fi walley.se ' +
    'redsys.es bizum.es paycomet.com sibs.pt multibanco.pt ifthenpay.com nexi.it nexigroup.com ' +
    'satispay.com axepta.it ' +
    'przelewy24.pl payu.{} payu.in dotpay.pl tpay.com blik.com comgate.cz gopay.com gopay.cz ' +
    'gpwebpay.com barion.com ' +
    'simplepay.hu yookassa.ru yoomoney.ru robokassa.ru securepay.tinkoff.ru securepayments.sberbank.ru ' +
    'cloudpayments.ru qiwi.com liqpay.ua ' +
    'fondy.eu iyzico.com iyzipay.com paytr.com razorpay.com paytm.in securegw.paytm.com ccavenue.com ' +
    'billdesk.com cashfree.com ' +
    'phonepe.com payfast.co.za paystack.com paystack.co flutterwave.com yoco.com mercadopago.com ' +
    'mercadopago.com.{} ' +
    'mercadopago.com.br mercadopago.cl pagseguro.com.br pagseguro.uol.com.br pagar.me ebanx.com ' +
    'dlocal.com conekta.com ' +
    'openpay.mx wompi.co epayco.co transbank.cl webpay.cl culqi.com alipay.com alipayobjects.com ' +
    'tenpay.com ' +
    'unionpay.com 95516.com eghl.com ipay88.com midtrans.com xendit.co xendit.com omise.co 2c2p.com ' +
    'vnpay.vn vnpayment.vn ' +
    'momo.vn paymongo.com gmo-pg.com paypay.ne.jp kakaopay.com tosspayments.com inicis.com ' +
    'nicepay.co.kr kcp.co.kr ' +
    'ecpay.com.tw newebpay.com windcave.com paymentexpress.com eway.com.au ewaypayments.com ' +
    'securepay.com.au tap.company ' +
    'paytabs.com myfatoorah.com telr.com tabby.ai tamara.co paddle.com fastspring.com 2checkout.com ' +
    'verifone.cloud ' +
    'chargebee.com recurly.com bluesnap.com nuvei.com safecharge.com rapyd.net shift4.com moneris.com ' +
    'bitpay.com ' +
    'commerce.coinbase.com coingate.com checkout.shopify.com pay.shopify.com',
  '3-D secure':
    'cardinalcommerce.com arcot.com securesuite.co.uk securesuite.net verifiedbyvisa.com securecode.com ' +
    '3dsecure.io ' +
    'wlp-acs.com rsa3dsauth.com rsa3dsauth.co.uk modirum.com 3dsecure.no 3dsecure.az 3dsecure.sia.eu ' +
    'netcetera-payment.ch ' +
    '3dss.netcetera.com acs.sibs.pt clicksafe.lloydstsb.com ' +
    'touchtechpayments.com apata.io gpayments.net ',
  'is it a person': 'challenges.cloudflare.com geo.captcha-delivery.com recaptcha.net hcaptcha.com',
  'sign-in':
    'accounts.google.{} accounts.youtube.com appleid.apple.com idmsa.apple.com account.apple.com ' +
    'signin.apple.com ' +
    'login.microsoftonline.com login.microsoftonline.us login.microsoft.com login.windows.net ' +
    'login.live.com ' +
    'account.live.com account.microsoft.com sts.windows.net b2clogin.com ciamlogin.com auth0.com ' +
    'okta.com oktapreview.com ' +
    'okta-emea.com oktacdn.com onelogin.com pingone.com pingone.eu pingidentity.com amazoncognito.com ' +
    'signin.aws.amazon.com signin.amazon.com login.amazon.com clerk.accounts.dev accounts.dev clerk.com ' +
    'stytch.com ' +
    'workos.com authkit.app descope.com fusionauth.io frontegg.com kinde.com logto.app zitadel.cloud ' +
    'supertokens.com ' +
    'login.salesforce.com sso.jumpcloud.com duosecurity.com secureauth.com onegini.com login.yahoo.com ' +
    'api.login.yahoo.com login.aol.com passport.yandex.ru passport.yandex.com id.vk.com oauth.vk.com ' +
    'login.vk.com ' +
    'account.mail.ru passport.baidu.com nid.naver.com accounts.kakao.com kauth.kakao.com access.line.me ' +
    'account.xiaomi.com ' +
    'signin.ebay.{} login.xing.com id.twitch.tv login.gov secure.login.gov id.me verified.me bankid.com ' +
    'bankid.no ' +
    'nemlog-in.dk mitid.dk digid.nl itsme.be itsme-id.com franceconnect.gouv.fr ' +
    'app.franceconnect.gouv.fr spid.gov.it ' +
    'verimi.de netid.de id.bund.de auth.hmrc.gov.uk signin.service.gov.uk account.gov.uk ' +
    'cloudflareaccess.com',
} as const satisfies Readonly<Record<string, string>>;

/** What senders write where there is no referrer, in lower case and without the signs around it. */
export const placeholders: ReadonlySet<string> = new Set([
  '',
  ...'direct none null nil undefined nan unknown false not-set notset n/a na no-referrer noreferrer'.split(
    ' ',
  ),
  ...['empty', 'referrer', '0', 'not set', 'not provided', 'no referrer', 'object object'],
]);

/** Schemes of pages that a browser makes or holds itself: about:blank, a new tab, an extension’s page. */
export const ownPages: ReadonlySet<string> = new Set(
  (
    'about chrome chrome-native chrome-search chrome-extension moz-extension safari-extension ' +
    'safari-web-extension ' +
    'ms-browser-extension edge brave opera vivaldi devtools view-source resource file data blob javascript'
  ).split(' '),
);
