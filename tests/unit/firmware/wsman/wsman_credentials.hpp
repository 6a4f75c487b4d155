#pragma once
// A key pair of 1024 bits and its self-signed certificate (C=US, O=Example, CN=me-0001.vme.test), made for these tests.

#include <string_view>

namespace vme::firmware::wsman {

/// PKCS#1 RSAPrivateKey, base64.
inline constexpr std::string_view kPrivateKey =
    "MIICXQIBAAKBgQCpxbGpXlQpxwhxY1PJLINlwl4SuOzq2gerTijH2ApQeaUkL9LqajiLcWv4AdSb8g0ZHfplz0Pw6G7bXP3lXE01"
    "0EBTWd+bAaKsNQE9M1puI5GtIAvr3eJt5d7StzEUbU4N8R6yadNmRWxYe+6OQoVJPFKWbzp60NdDM1KfpwBtWwIDAQABAoGAfC6x"
    "j9QB+DUwRdCD/wlia9LLASLnmbo2FeYsClJK6Sax11BsFS/xgH5MnbKpFBDv58l32XTMm7FJNYhF57mmd17fgP7mh0xkE8OlIMn2"
    "oUuOw5xnEeVfF0et9OJ2mh101UQsS3QBS3fOjh8iBNgtI1/xptLPMfo577/CEIiLaKECQQDeuhGU7hQ2dA65qtBN29V6dQAf7/W3"
    "bAtK6TthbVNq2fskmDO4lXp//qdI5BeDcODLsQIxqEKO8uJRr3FdBFVjAkEAwyJwIYutNNYoo5ZmJrkj0Lm8hgngvoaNSn8vPbGS"
    "nQQYeb5S266aSLkpJIPDEWTl+OtH5OQlN5t2iwJaVPxlqQJAQL3BYpMZ2QI/TYTza85c7W2ZDa+Iszp6xdmp4xYOS171e5uqXRtG"
    "MnJpWezDUPe8wDjBtIF+Z2L+mlPvFeSulQJBAJpmVXM1ogd8rQtDpfBd7gjp7lHg3wPiU0nu+OJH70puQy+ReN56eXmxiOxrlZ3d"
    "yFn9URW7r/cf+9xiMDeuvoECQQDXvU3qvsurCpex6fnw702kMHLyvchoNZVtH3PBAc2HiWkNpQs0zy7O4/hNs+ZzbcNVAhMeYawr"
    "WYYwVooRl6ms";

/// The same key as PKCS#8.
inline constexpr std::string_view kPrivateKeyPkcs8 =
    "MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAKnFsaleVCnHCHFjU8ksg2XCXhK47OraB6tOKMfYClB5pSQv0upq"
    "OItxa/gB1JvyDRkd+mXPQ/Dobttc/eVcTTXQQFNZ35sBoqw1AT0zWm4jka0gC+vd4m3l3tK3MRRtTg3xHrJp02ZFbFh77o5ChUk8"
    "UpZvOnrQ10MzUp+nAG1bAgMBAAECgYB8LrGP1AH4NTBF0IP/CWJr0ssBIueZujYV5iwKUkrpJrHXUGwVL/GAfkydsqkUEO/nyXfZ"
    "dMybsUk1iEXnuaZ3Xt+A/uaHTGQTw6UgyfahS47DnGcR5V8XR6304naaHXTVRCxLdAFLd86OHyIE2C0jX/Gm0s8x+jnvv8IQiIto"
    "oQJBAN66EZTuFDZ0Drmq0E3b1Xp1AB/v9bdsC0rpO2FtU2rZ+ySYM7iVen/+p0jkF4Nw4MuxAjGoQo7y4lGvcV0EVWMCQQDDInAh"
    "i6001iijlmYmuSPQubyGCeC+ho1Kfy89sZKdBBh5vlLbrppIuSkkg8MRZOX460fk5CU3m3aLAlpU/GWpAkBAvcFikxnZAj9NhPNr"
    "zlztbZkNr4izOnrF2anjFg5LXvV7m6pdG0YycmlZ7MNQ97zAOMG0gX5nYv6aU+8V5K6VAkEAmmZVczWiB3ytC0Ol8F3uCOnuUeDf"
    "A+JTSe744kfvSm5DL5F43np5ebGI7GuVnd3IWf1RFbuv9x/73GIwN66+gQJBANe9Teq+y6sKl7Hp+fDvTaQwcvK9yGg1lW0fc8EB"
    "zYeJaQ2lCzTPLs7j+E2z5nNtw1UCEx5hrCtZhjBWihGXqaw=";

/// Its PKCS#1 RSAPublicKey.
inline constexpr std::string_view kPublicKey =
    "MIGJAoGBAKnFsaleVCnHCHFjU8ksg2XCXhK47OraB6tOKMfYClB5pSQv0upqOItxa/gB1JvyDRkd+mXPQ/Dobttc/eVcTTXQQFNZ"
    "35sBoqw1AT0zWm4jka0gC+vd4m3l3tK3MRRtTg3xHrJp02ZFbFh77o5ChUk8UpZvOnrQ10MzUp+nAG1bAgMBAAE=";

inline constexpr std::string_view kCertificate =
    "MIICUjCCAbugAwIBAgIUSp7/JwLAZv7pk6ibkLFeCymqKH8wDQYJKoZIhvcNAQELBQAwOjELMAkGA1UEBhMCVVMxEDAOBgNVBAoM"
    "B0V4YW1wbGUxGTAXBgNVBAMMEG1lLTAwMDEudm1lLnRlc3QwIBcNMjYxMTI0MTIzNjI1WhgPMjEyNjEwMzExMjM2MjVaMDoxCzAJ"
    "BgNVBAYTAlVTMRAwDgYDVQQKDAdFeGFtcGxlMRkwFwYDVQQDDBBtZS0wMDAxLnZtZS50ZXN0MIGfMA0GCSqGSIb3DQEBAQUAA4GN"
    "ADCBiQKBgQCpxbGpXlQpxwhxY1PJLINlwl4SuOzq2gerTijH2ApQeaUkL9LqajiLcWv4AdSb8g0ZHfplz0Pw6G7bXP3lXE010EBT"
    "Wd+bAaKsNQE9M1puI5GtIAvr3eJt5d7StzEUbU4N8R6yadNmRWxYe+6OQoVJPFKWbzp60NdDM1KfpwBtWwIDAQABo1MwUTAdBgNV"
    "HQ4EFgQUaznO8yMW4folbQ4GLJatK4tvSVMwHwYDVR0jBBgwFoAUaznO8yMW4folbQ4GLJatK4tvSVMwDwYDVR0TAQH/BAUwAwEB"
    "/zANBgkqhkiG9w0BAQsFAAOBgQANBxHyIEYMgTEbWANRusTOrUQPbFrtDMzF8R8rrEUKHYliT+P+vL5NnWS7R4pkC5i9eUfFplPW"
    "wgRDYXd3mZSf+1uo+bKj+DiMvpGD95paIVehpF0MX5FfrwtN749s+Ubt+UIFLOFcRtuMAqdEaTtfjj5XJ7Hp1E7ZeBM2JTdm+Q==";

}  // namespace vme::firmware::wsman
