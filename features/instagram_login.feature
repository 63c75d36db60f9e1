Feature: Connecting Instagram by its own login
  An Instagram account may log in itself, without a Facebook Page; by whichever login, it is one account.

  Background:
    Given Bia works at the shop "Casa Verde"

  Rule: The account logs in itself

    Scenario: Without a Page
      When Bia connects "casaverde" by Instagram's own login
      Then the Instagram account "casaverde" is connected
      And the account "casaverde" belongs to no Page

    Scenario: Messages come and are answered
      Given Bia connected "casaverde" by Instagram's own login
      And Ana wrote to the Instagram account "casaverde" "Vocês entregam hoje?"
      When Bia answers Ana "Sim, até as 18h"
      Then Ana receives "Sim, até as 18h"

    Scenario: The person cancels
      When Bia cancels Instagram's own login
      Then she is told that the login was cancelled
      And nothing is connected

    Scenario: A permission is left out
      When Bia connects "casaverde" by Instagram's own login without the permission to answer messages
      Then she is told that the permission for messages is missing
      And nothing is connected

    Scenario: Disconnecting
      Given Bia connected "casaverde" by Instagram's own login
      When Bia disconnects the Instagram account "casaverde"
      Then Instagram sends us no more messages of it

  Rule: Both logins are one account, with the newest active

    Scenario: From the Page's login to its own
      Given Bia connected her accounts
      And Ana wrote to the Instagram account "casaverde" "Vocês abrem no sábado?"
      When Bia connects "casaverde" by Instagram's own login
      Then there is one Instagram account "casaverde"
      And the conversation with Ana still holds "Vocês abrem no sábado?"
      And Meta still sends us the messages of the Page "Casa Verde"

    Scenario: Both logins know the contact alike
      Given Bia connected her accounts
      And Ana wrote to the Instagram account "casaverde" "Oi!"
      And Bia connected "casaverde" by Instagram's own login
      When Ana writes to the Instagram account "casaverde" "Ainda aí?"
      Then one conversation of "casaverde" holds "Ainda aí?", and there are 1

    Scenario: Each login knows the contact by another id
      Given each of Meta's logins knows contacts by ids of its own
      And Bia connected her accounts
      And Ana wrote to the Instagram account "casaverde" "Oi!"
      And Bia connected "casaverde" by Instagram's own login
      When Ana writes to the Instagram account "casaverde" "Ainda aí?"
      Then one conversation of "casaverde" holds "Ainda aí?", and there are 2
      And the answer "Sim!" to it reaches Ana
