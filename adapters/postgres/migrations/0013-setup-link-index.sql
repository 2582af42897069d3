-- Deleting a user looks for their set-up links.

create index people_setup_link_user on people_setup_link (user_id);
