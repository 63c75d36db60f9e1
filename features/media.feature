Feature: Photos and other files
  What a customer sends can be looked at, and its message never waits for it.

  Background:
    Given Bia works at the shop "Casa Verde"
    And Bia connected her accounts

  Rule: A message never waits for its file

    Scenario: A photo arrives
      When Ana sends a photo of a cake
      Then a moment later Bia can look at the photo of the cake

    Scenario: The message is there before its photo
      Given Meta is slow to hand out files
      When Ana sends a photo of a cake
      Then Bia sees a photo from Ana
      And Bia is told that the photo is still to come

    Scenario: A picture that the shop sent from Meta's own app
      When somebody answers Ana in Meta's own app with a photo of a cake
      Then a moment later Bia can look at the photo of the cake

  Rule: Meta's links die, and their files may live on

    Scenario: A link that died is refreshed by asking Meta
      Given links to files die at once
      When Ana sends a photo of a cake
      Then a moment later Bia can look at the photo of the cake

    Scenario: A photo that Meta no longer has
      Given Meta loses every file at once
      When Ana sends a photo of a cake
      Then a moment later Bia is told that the photo has expired

  Rule: A story is never kept

    Scenario: A customer mentions the shop in a story
      When Ana mentions the Instagram account "casaverde" in a story
      Then a moment later Bia can look at the story
      And nothing of it is kept

    Scenario: The story is over
      Given Ana mentioned the Instagram account "casaverde" in a story
      When the story is over
      Then a moment later Bia is told that the story has expired

  Rule: Only what is a picture is shown as one

    Scenario: A page that pretends to be a photo
      When Ana sends a page that pretends to be a photo
      Then a moment later Bia is offered it as a download only

    Scenario: A file from somewhere else
      When Ana sends a photo that lies on a server of her own
      Then Bia sees a photo from Ana
      And a moment later Bia is told that the photo is not fetched

  Rule: A file of Bia's own reaches the customer, and can be looked at here

    Scenario: A photo from her computer
      Given Ana wrote to the Page "Casa Verde" "Tem foto?"
      When Bia sends Ana a photo from her computer
      Then Ana receives the photo
      And Bia can look at the photo that she sent

    Scenario: The same photo twice
      Given Ana wrote to the Instagram account "casaverde" "Tem foto?"
      When Bia sends Ana a photo from her computer
      And Bia sends Ana the same photo again
      Then Ana receives the photo twice
      And Meta was given the photo once

    Scenario: A menu as PDF on Instagram
      Given Ana wrote to the Instagram account "casaverde" "Tem cardápio?"
      When Bia sends Ana a menu as PDF
      Then Ana receives the menu

    Scenario: A ZIP on Instagram
      Given Ana wrote to the Instagram account "casaverde" "Manda tudo?"
      When Bia sends Ana everything as a ZIP
      Then the answer is refused because Instagram does not take such files
      And Ana receives nothing

    Scenario: A voice note that Instagram does not take
      Given Ana wrote to the Instagram account "casaverde" "Me explica?"
      When Bia sends Ana a voice note as Ogg
      Then the answer is refused because Instagram does not take such files
      And Bia is told which files Instagram takes
      And Ana receives nothing

    Scenario: Meta does not take the photo at once
      Given Ana wrote to the Page "Casa Verde" "Tem foto?"
      And Meta will not take the next file
      When Bia sends Ana a photo from her computer
      Then a moment later Ana receives the photo, only once

    Scenario: Meta has lost what it was given
      Given Ana wrote to the Page "Casa Verde" "Tem foto?"
      And Bia sent Ana a photo from her computer, which Meta lost
      When Bia sends Ana the same photo again
      Then Ana receives the photo twice

    Scenario: A program is not even taken
      When Bia uploads a program
      Then the upload is refused because such files cannot be sent

  Rule: A file belongs to one business

    Scenario: Another business sends it
      Given Otto works at another shop
      And Otto connected his Page "Loja do Otto"
      And Bia uploaded a photo
      When Otto sends it to one of his customers
      Then he is told that there is no such file

    Scenario: Another business looks
      Given Otto works at another shop
      And Ana sent a photo of a cake, which Bia looked at
      When Otto looks at it
      Then he is told that there is no such file

  Scenario: The picture of whoever writes
    Given Ana wrote to the Page "Casa Verde" "Oi"
    Then Bia sees "Oi" from Ana
    And a moment later the conversation bears the name of Ana
    And Bia can look at the picture of Ana

  Scenario: The picture of the shop's own account
    Then Bia can look at the picture of the Instagram account "casaverde"
