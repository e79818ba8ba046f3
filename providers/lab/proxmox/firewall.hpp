#pragma once

#include <string>
#include <vector>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/firewall_words.hpp"

// The firewall of a guest, a node or the cluster: the same methods in three places.
namespace nmx::lab::proxmox {

enum class FirewallOf { cluster, node, guest, group };

/// Whose firewall a call is about, by what stands in its path.
FirewallOf firewall_owner(const Call& call);
/// The firewall itself; a guest has one before it exists.
Firewall& firewall_of(const Call& call);
void may_see_firewall(const Call& call);
void may_change_firewall(const Call& call);

/// What is wrong with a rule where it stands, by field.
Errors rule_errors(const World& world, const Firewall& firewall, FirewallOf where, const Options& rule);
/// Of a list of entries or of options, as requests carry it.
std::string digest_of(const std::vector<Options>& entries);
void check_firewall_digest(const Call& call, const std::string& digest);

/// The rules of a list, and one of them changed, moved or removed: for the rules of groups too.
Json show_rules(const World& world, const Firewall& firewall, FirewallOf where, const std::vector<Options>& rules);
void add_rule(Call& call, FirewallOf where, std::vector<Options>& rules);
void change_rule(Call& call, FirewallOf where, std::vector<Options>& rules);
void remove_rule(Call& call, std::vector<Options>& rules);
Json show_rule(Call& call, FirewallOf where, const std::vector<Options>& rules);
/// The methods of aliases, which stand among those of sets.
std::vector<Route> firewall_alias_routes();
/// What a rule may say.
ParameterSet rule_parameters();

}  // namespace nmx::lab::proxmox
