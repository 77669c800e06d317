#!/bin/bash
# Makes the two roles and the database, once, when the server's volume is new.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" -v owner="$OWNER_PASSWORD" -v app="$APP_PASSWORD" <<'SQL'
CREATE ROLE lianchi_owner LOGIN NOSUPERUSER NOCREATEROLE PASSWORD :'owner';
CREATE ROLE lianchi_app LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD :'app';
CREATE DATABASE lianchi OWNER lianchi_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE lianchi FROM PUBLIC;
GRANT CONNECT ON DATABASE lianchi TO lianchi_app;
SQL
