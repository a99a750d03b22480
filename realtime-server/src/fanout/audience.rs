use std::{collections::HashMap, sync::Arc};

use super::{
    Member,
    registry::{Crowds, Index},
};

/// Whom a delivery is for.
#[derive(Clone, Copy, Debug)]
pub enum Audience<'a> {
    /// Every member.
    All,
    /// Every member but these.
    AllExcept(&'a [&'a str]),
    /// Every member but this one.
    Others(&'a str),
    /// This member, if it is here.
    Member(&'a str),
    /// These members, as far as they are here.
    Members(&'a [&'a str]),
    /// The members of a group.
    Group(&'a str),
    /// The members of these groups; who is in several gets several.
    Groups(&'a [&'a str]),
    /// The members of a group but these.
    GroupExcept(&'a str, &'a [&'a str]),
    /// The members of a group but this one.
    OthersInGroup(&'a str, &'a str),
    /// The members that belong to a user.
    User(&'a str),
    /// The members that belong to these users; a user named twice gets it twice.
    Users(&'a [&'a str]),
}

impl Audience<'_> {
    /// Visits everybody in it.
    pub(super) fn visit(self, index: &Index, mut visit: impl FnMut(&Arc<Member>)) {
        match self {
            Self::All => index.members.values().for_each(visit),
            Self::AllExcept(except) => except_these(index.members.values(), except, visit),
            Self::Others(id) => except_these(index.members.values(), &[id], visit),
            Self::Member(id) => index.members.get(id).into_iter().for_each(visit),
            Self::Members(ids) => {
                ids.iter()
                    .filter_map(|id| index.members.get(*id))
                    .for_each(&mut visit);
            }
            Self::Group(name) => crowd(&index.groups, name).for_each(visit),
            Self::Groups(names) => {
                for name in names {
                    crowd(&index.groups, name).for_each(&mut visit);
                }
            }
            Self::GroupExcept(name, except) => {
                except_these(crowd(&index.groups, name), except, visit);
            }
            Self::OthersInGroup(name, id) => {
                except_these(crowd(&index.groups, name), &[id], visit);
            }
            Self::User(name) => crowd(&index.users, name).for_each(visit),
            Self::Users(names) => {
                for name in names {
                    crowd(&index.users, name).for_each(&mut visit);
                }
            }
        }
    }
}

fn crowd<'a>(crowds: &'a Crowds, name: &str) -> impl Iterator<Item = &'a Arc<Member>> {
    crowds.get(name).into_iter().flat_map(HashMap::values)
}

fn except_these<'a>(
    members: impl Iterator<Item = &'a Arc<Member>>,
    except: &[&str],
    tell: impl FnMut(&'a Arc<Member>),
) {
    members
        .filter(|member| !except.contains(&&**member.id()))
        .for_each(tell);
}
