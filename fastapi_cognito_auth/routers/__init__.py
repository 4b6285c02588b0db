"""The endpoints, one file a flow, mirroring `cognito/`.

POST /sign-up, /sign-up/confirm, /sign-up/resend-code     sign_up.py
POST /sign-in, /token                                     sign_in.py
POST /challenge, /challenge/totp                          challenges.py
POST /initiate-auth, /respond-to-auth-challenge           raw_auth.py
POST /password/forgot, /password/reset                    password.py
POST /refresh, /sign-out                                  refresh_tokens.py
POST /auth-events/feedback                                auth_events.py
GET  /config                                              config.py

Of the signed-in user, under `auth.account_router`:

GET, PATCH, DELETE  (the account itself)                  account.py
PUT  /password, /settings                                 account.py
POST /sign-out-everywhere                                 account.py
GET  /auth-factors, /freshness                            account.py
DELETE /attributes/{name}                                 attributes.py
POST /attributes/{name}/code, /attributes/{name}/verify   attributes.py
PUT  /mfa                                                 mfa.py
POST /mfa/totp, /mfa/totp/verify                          mfa.py
GET, POST /passkeys, POST /passkeys/options               passkeys.py
DELETE /passkeys/{credential_id}                          passkeys.py
GET  /sessions, DELETE /sessions/{session_id}             sessions.py
GET, POST /devices                                        devices.py
GET, PATCH, DELETE /devices/{key}                         devices.py

Of `auth.wire_router`:

POST /                                                    wire.py
GET  /{pool}/.well-known/jwks.json, openid-configuration  well_known.py
"""
