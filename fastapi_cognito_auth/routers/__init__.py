"""The endpoints, one file a flow, mirroring `cognito/`.

POST /sign-up, /sign-up/confirm, /sign-up/resend-code     sign_up.py
POST /sign-in, /token                                     sign_in.py
POST /challenge, /challenge/totp                          challenges.py
POST /initiate-auth, /respond-to-auth-challenge           raw_auth.py
POST /password/forgot, /password/reset                    password.py
POST /refresh, /sign-out                                  refresh_tokens.py
GET  /config                                              config.py
"""
