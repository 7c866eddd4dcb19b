/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Keys that were made for the tests, and open nothing. */
static const char ec_private[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgTvXwy0qVZ9KKWhzk\n"
    "UNz2zcJvLC2Xq6t+FGcUFYoQW7uhRANCAASKZgOa8nblORnNybKQCRREXbqBENiP\n"
    "iAUfSj35M0ch5kDMyB5OliWwhR3psjUE1Obd5ayRG2OImqtbZTKMFAqz\n"
    "-----END PRIVATE KEY-----\n";
static const char ec_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEimYDmvJ25TkZzcmykAkURF26gRDY\n"
    "j4gFH0o9+TNHIeZAzMgeTpYlsIUd6bI1BNTm3eWskRtjiJqrW2UyjBQKsw==\n"
    "-----END PUBLIC KEY-----\n";
static const char ed_private[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIAy8DUvcJOaA4lOVxsH49Igrtk+y7pctbXYoT0t/EbEl\n"
    "-----END PRIVATE KEY-----\n";
static const char ed_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEALMjFKTw4b2nJkJOEaCmAjNM9Od7peSA28WCMAulb6Z4=\n"
    "-----END PUBLIC KEY-----\n";
static const char rsa_private[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQC4tscPA7rKgi/S\n"
    "SOILRHQoS98LHoJuVNDbVMJ9IgvKzy21FiFwsvas0qrH6gB2p8YPwyBS7OUq0X2V\n"
    "EjLdcnTT/IpupYpXe59y+wcNEyy5FhVo8DVY6AJCHimmeAsav+ZqI47niBgzPvCX\n"
    "DpLkzE3ficPoL6nsu9OonxPbsNOkI1Ep/pc1cKEnuROBR7d8ZGAAG6F+3Bm7H/9D\n"
    "BEUaJQoOLFm+aybUuhZxUhr3NMmkMAN6sggGo885R6d0jFliZ9bxRxIYBhGx6eVw\n"
    "Sa9KRET8K4Fc0CaRrFdLIL0efyFrlIMtMdcUbZ17nY+c2K/4ltF/rZmx+5UtRIN1\n"
    "LOUKIi4VAgMBAAECggEAAbXJfoFXlZ/ibvU3SIjr9WKMcFcqOHjHDTzJ5ywtRUWp\n"
    "Q+uuSBOUFpIFvD+VnQOdIRC6qCHi1kRlv/9Q4r14SO0l3/Pe5cPyfDdIP639hEIo\n"
    "1RWiPM47FR8f3hdu7OK5cKKfJFQdez36Lr/XCtC8aNUm7+ufDF7JzR4Z6jcHIpYg\n"
    "EpCkgKvGUquoVz6/7Jk8yRAqZz3lMNXYfJ+6qEYzCPItxdzdqUCKkBplQEhczndg\n"
    "hWq4UVc6MWsaXpYCV893JIaKxPtqy6qZgy0NXWp0jvpPyhrxLlgdbRVnWtLtVUj6\n"
    "SZ6CpDsSlL4EyaWv9yoSN3dzxQcc1ZjcISfDTc2kgQKBgQDwR+plIcpm+JRV7BKM\n"
    "WpYxX1aGHr2CrTXX6wtMnv1llnCkkurMY6HxKeA5sFyFTzp3B2xbIajDjNvXFWp/\n"
    "4kA9UVCLHqrcD85mvfdZB4P/ZyGxQloDCAjE7O3qtXA9OXm2p9CH/q51FWqqJJBe\n"
    "7R6tMnS7tgfPysCzuZrmIj5glQKBgQDEzEJeCPv8L1zZ5H2P0vGRH//fm3v35KgX\n"
    "vtR2Gzp/mAaBkpovkS4p2/puwXhZFALzK1aqBVgQkdIdFNHs/Cyu1IUDAiNLHasw\n"
    "UGiudJ0NY7p8EiLmWAtAAoCxMY/uwnstT5CqOTQA7B3JqJpVHZiuCujQR7yOw157\n"
    "PJ4ko8W3gQKBgCE+IdyqByGl5IfaqFpIshzUjtjxadCpfBiKST7phC9I1/684MU0\n"
    "R5Rg8cepcbNz2afcHA6jooCjfUrNiLV2rOKO3HDS5lqZyTmHsK/djVKJhyzJ/EAN\n"
    "HYF5MhVV0th1mjQ+FWirQKGsO9ycQGkRrzvRDjtmHMCP0YdL93U9aZndAoGAIA1s\n"
    "mcg40mAcbViroqsmsQ5XLGI0lLFnN0bbb8kLhBCMrrnj5u9sZ2Duru9P3KJHwLdE\n"
    "TDjGmRxG7nmfn0uLM4Zli5Hjka5pXVsbUZ6ona+qhd6mVIHugyRlNXbvDGIckcqt\n"
    "syvR7nyGdXvCdy502ZPpS1MDwPTNBKFg2HLcFwECgYAWsNhSelYkpXfeas36oU85\n"
    "Tr/1fdf91Z8t/SYt1q0qo61/e1Zdu0VjS7SAL1kKMDhQHHUHx4g4vzsGplZ0fYly\n"
    "oaTnnQT/in53gMrzmUi4TjEhQfj6EERcM6uHusOgbp8EjzP926I32o/RzXs7oeOQ\n"
    "yXAsgJP9MNOZwWd9AzPu4g==\n"
    "-----END PRIVATE KEY-----\n";
static const char rsa_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAuLbHDwO6yoIv0kjiC0R0\n"
    "KEvfCx6CblTQ21TCfSILys8ttRYhcLL2rNKqx+oAdqfGD8MgUuzlKtF9lRIy3XJ0\n"
    "0/yKbqWKV3ufcvsHDRMsuRYVaPA1WOgCQh4ppngLGr/maiOO54gYMz7wlw6S5MxN\n"
    "34nD6C+p7LvTqJ8T27DTpCNRKf6XNXChJ7kTgUe3fGRgABuhftwZux//QwRFGiUK\n"
    "DixZvmsm1LoWcVIa9zTJpDADerIIBqPPOUendIxZYmfW8UcSGAYRsenlcEmvSkRE\n"
    "/CuBXNAmkaxXSyC9Hn8ha5SDLTHXFG2de52PnNiv+JbRf62ZsfuVLUSDdSzlCiIu\n"
    "FQIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
static const char rsa_small_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCntGZrXyRyZxjqASxqpIRETzDT\n"
    "fSwWl48FevBtTX7u81DkZ5yUY3Iufa5KRgtEcnhXTMowqNqrYXMMnXZo/vVn4+N2\n"
    "ZbakN+mLRrERm/s5b+T6Bjnyj0thrzyITDGN7aLBwBgTwYB+gEF/BVVzNzSX/EL9\n"
    "W+EbOFmadecM1mhS1wIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
static const char p384_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEP5gH3nzOC93X/WSH3HBJhm+OIMP1EgVv\n"
    "Ojy0oMoPnXfbvjrfs8uW8TZ79UNwBOW5gaqiky87jSFomkTj/zPC1EFJum4w5fnh\n"
    "5zefeZ2o2FKdXjAcg6ZhxuYfKggRW0ij\n"
    "-----END PUBLIC KEY-----\n";
