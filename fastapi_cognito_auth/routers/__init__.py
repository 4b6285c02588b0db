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

Of administrators, under `auth.admin_router`:

GET, POST /users, GET, DELETE /users/{username}           admin_users.py
PATCH, DELETE /users/{username}/attributes                admin_users.py
POST /users/{username}/resend-invitation                  admin_users.py
POST /users/{username}/confirm, /disable, /enable         admin_access.py
POST /users/{username}/reset-password, /sign-out          admin_access.py
PUT  /users/{username}/password                           admin_access.py
GET  /users/{username}/auth-factors                       admin_factors.py
PUT  /users/{username}/mfa, /settings                     admin_factors.py
DELETE /users/{username}/mfa/totp                         admin_factors.py
POST /users/{username}/identities                         admin_identities.py
DELETE /users/{username}/identities/{provider}            admin_identities.py
GET  /users/{username}/devices                            admin_devices.py
GET, PATCH, DELETE /users/{username}/devices/{key}        admin_devices.py
GET  /users/{username}/sessions                           admin_sessions.py
DELETE /users/{username}/sessions/{session_id}            admin_sessions.py
GET  /users/{username}/auth-events                        admin_auth_events.py
POST /users/{username}/auth-events/{event_id}/feedback    admin_auth_events.py
GET  /users/{username}/groups, /groups/{group}/users      admin_memberships.py
PUT, DELETE /groups/{group}/users/{username}              admin_memberships.py
GET, POST /groups, GET, PATCH, DELETE /groups/{group}     admin_groups.py
GET  /user-export                                         admin_export.py
GET, POST /user-imports                                   admin_imports.py
GET, DELETE /user-imports/{job_id}                        admin_imports.py

Of who configures the pool, under `auth.pool_router`:

one endpoint for each operation, listed in                pool_routes.py
made of the API's own description by                      pool.py

Of `auth.wire_router`:

POST /                                                    wire.py
GET  /{pool}/.well-known/jwks.json, openid-configuration  well_known.py
"""
