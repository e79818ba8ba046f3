#pragma once

#include <memory>
#include <string>

#include "planner/store/shelf.hpp"

namespace nmx {

struct PostgresSettings {
  /// As libpq reads it: `postgresql://nmx@db.lan/nmx`, `host=db.lan dbname=nmx`.
  std::string url;
  /// What all names begin with, so that several sites share a database.
  std::string name;
};

/// Documents as rows of the table `nmx_state`, made when it is missing, each replaced where its tag is the expected
/// one. One connection, watched by the loop, made anew when it breaks.
std::unique_ptr<Shelf> postgres_shelf(PostgresSettings settings, Env& env);

}  // namespace nmx
